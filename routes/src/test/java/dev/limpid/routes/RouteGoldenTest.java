package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.Contributions;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Routes against the definitions in plain float64 on Hugging Face's states. */
class RouteGoldenTest {
  /** Absolute, for weights and flows in [0, 1]: contributions are good to 1e-4, most to 1e-6. */
  private static final double TOLERANCE = 1e-4;

  static Stream<Arguments> models() {
    return Stream.of("reference", "toy").flatMap(RouteGoldenTest::models);
  }

  private static Stream<Arguments> models(String backend) {
    return Stream.concat(
        TestData.goldenModels().stream()
            .map(folder -> Arguments.of(backend, folder, folder, "", 0)),
        TestData.demoModels().stream()
            .flatMap(model ->
                Stream.of(
                    Arguments.of(backend, model, TestData.demoGoldens(model), "", 0),
                    Arguments.of(backend, model, TestData.demoGoldens(model), "-2", 1))));
  }

  /** A bundled model has two prompts: reference.json lists both, routes-2.json is of the second. */
  @ParameterizedTest
  @MethodSource("models")
  void routesAreThoseOfTheDefinition(
      String backend, Path folder, Path goldens, String suffix, int prompt) throws IOException {
    JsonNode golden = read(goldens.resolve("routes" + suffix + ".json"));
    JsonNode reference = read(goldens.resolve("reference.json"));
    List<Integer> tokens = ints(reference.findValues("input_ids").get(prompt));
    Transformer model = ModelLoader.open(folder, AllBackends.open(backend));
    FlowGraph graph =
        FlowGraph.of(Contributions.of(model, model.trace(tokens, TraceDetail.RESIDUALS)));
    int position = golden.get("position").intValue();
    double threshold = golden.get("threshold").doubleValue();

    JsonNode all = golden.get("all_edges");
    RouteExtractor everything = new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0);
    assertFlow(all, everything.route(position), tokens.size());
    assertThat(ids(everything.route(position).stopped())).isEqualTo(strings(all.get("stopped")));
    assertThat(everything.sourceFlow(position))
        .containsExactly(doubles(all.get("source_flow")), within(TOLERANCE));

    for (ThresholdMode mode : ThresholdMode.values()) {
      String name = mode == ThresholdMode.RAW ? "raw" : "renormalised";
      JsonNode expected = golden.get(name);
      Route route = new RouteExtractor(graph, mode, threshold).route(position);
      assertFlow(expected, route, tokens.size());
      assertNodes(expected.get("nodes"), route);
      assertEdges(expected.get("edges"), route);
      if (mode == ThresholdMode.RENORMALISED) {
        assertThat(ids(route.stopped())).isEqualTo(strings(expected.get("stopped")));
        assertThat(route.lostFlow().stopped())
            .isCloseTo(expected.get("stopped_flow").doubleValue(), within(TOLERANCE));
      }
    }
  }

  private static void assertFlow(JsonNode expected, Route route, int nPositions) {
    double[] flow = new double[nPositions];
    for (int t = 0; t < nPositions; t++) {
      flow[t] = route.sourceFlow(t);
    }
    assertThat(flow).containsExactly(doubles(expected.get("source_flow")), within(TOLERANCE));
    assertThat(route.lostFlow().total())
        .isCloseTo(expected.get("lost").doubleValue(), within(TOLERANCE));
  }

  private static void assertNodes(JsonNode expected, Route route) {
    assertThat(route.nodes().stream().map(n -> n.node().id()))
        .containsExactlyElementsOf(expected.propertyNames());
    for (Route.NodeFlow node : route.nodes()) {
      assertThat(node.flow())
          .as(node.node().id())
          .isCloseTo(expected.get(node.node().id()).doubleValue(), within(TOLERANCE));
    }
  }

  /** Edges in their order: [from, to, kind, weight, heads]. */
  private static void assertEdges(JsonNode expected, Route route) {
    assertThat(route.edges()).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      Edge edge = route.edges().get(i);
      JsonNode wanted = expected.get(i);
      assertThat(List.of(edge.from().id(), edge.to().id(), kind(edge)))
          .isEqualTo(wanted.valueStream().limit(3).map(JsonNode::stringValue).toList());
      assertThat(edge.weight())
          .as(edge.toString())
          .isCloseTo(wanted.get(3).doubleValue(), within(TOLERANCE));
      if (edge instanceof Edge.Attention attention) {
        double sum = attention.heads().stream().mapToDouble(Edge.Head::contribution).sum();
        assertThat(sum).isCloseTo(edge.weight(), within(1e-9));
        if (wanted.has(4)) {
          assertHeads(wanted.get(4), attention);
        }
      }
    }
  }

  private static void assertHeads(JsonNode expected, Edge.Attention edge) {
    double last = Double.POSITIVE_INFINITY;
    assertThat(edge.heads()).hasSize(expected.size());
    for (Edge.Head head : edge.heads()) {
      assertThat(head.contribution()).isLessThanOrEqualTo(last);
      last = head.contribution();
      assertThat(expected.valueStream())
          .as(edge + " head " + head.head())
          .anyMatch(wanted ->
              wanted.get(0).intValue() == head.head()
                  && Math.abs(wanted.get(1).doubleValue() - head.contribution()) <= TOLERANCE);
    }
  }

  private static String kind(Edge edge) {
    return switch (edge) {
      case Edge.Residual r -> "residual";
      case Edge.Attention a -> "attention";
      case Edge.MlpIn m -> "mlp_in";
      case Edge.MlpOut m -> "mlp_out";
    };
  }

  private static List<String> ids(List<Node> nodes) {
    return nodes.stream().map(Node::id).toList();
  }

  private static List<String> strings(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  private static List<Integer> ints(JsonNode array) {
    return array.valueStream().map(JsonNode::intValue).toList();
  }

  private static double[] doubles(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
  }

  private static JsonNode read(Path path) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(path));
  }
}
