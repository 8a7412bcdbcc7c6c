package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Routes against those of Meta's LM Transparency Tool, where its results lie beside the project.
 *
 * <p>Its edges are those of a plain digraph: a position's residual edge and its attention to itself
 * are one.
 */
class LmttGoldenTest {
  /** What LM-TT credits every part with, at least. */
  private static final double FLOOR = 1e-5;

  /** LM-TT adds 1e-6 to every component of a difference and counts in float32. */
  private static final double TOLERANCE = 1e-3;

  static List<Path> models() {
    return TestData.extraModels().stream()
        .filter(model -> Files.exists(model.resolve("lmtt.json")))
        .toList();
  }

  @Test
  void saysWhatItRunsOn() {
    System.out.println("LM-TT results of the extra data: " + models());
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("models")
  void edgesAreThoseOfLmtt(Path folder) throws IOException {
    JsonNode golden = JsonMapper.shared().readTree(Files.readString(folder.resolve("lmtt.json")));
    List<Integer> tokens = golden.get("tokens").valueStream().map(JsonNode::intValue).toList();
    Transformer model = ModelLoader.open(folder, Backends.open("reference"));
    FlowGraph graph =
        FlowGraph.of(
            Contributions.of(
                model,
                model.trace(tokens, TraceDetail.RESIDUALS),
                new ContributionOptions(BiasOption.EXCLUDED, FLOOR)));
    double largest = 0;
    int nEdges = 0;
    for (JsonNode example : golden.get("cases")) {
      ThresholdMode mode =
          ThresholdMode.valueOf(example.get("mode").stringValue().toUpperCase(Locale.ROOT));
      double threshold = example.get("threshold").doubleValue();
      RouteExtractor extractor = new RouteExtractor(graph, mode, threshold);
      for (JsonNode route : example.get("routes")) {
        int position = route.get("position").intValue();
        Map<String, Double> expected = new HashMap<>();
        for (JsonNode edge : route.get("edges")) {
          expected.put(
              edge.get(0).stringValue() + " " + edge.get(1).stringValue(),
              edge.get(2).doubleValue());
        }
        Map<String, Double> actual = merged(extractor.route(position));
        String name = "%s %s position %d".formatted(mode, threshold, position);
        assertThat(actual.keySet()).as(name).isEqualTo(expected.keySet());
        for (Map.Entry<String, Double> edge : actual.entrySet()) {
          if (mode == ThresholdMode.RENORMALISED && entersOrLeavesMlp(edge.getKey())) {
            continue; // LM-TT divides these by a sum over all positions, not over the node's parts
          }
          double difference =
              Math.abs(edge.getValue() - expected.getOrDefault(edge.getKey(), Double.NaN));
          assertThat(difference).as(name + " " + edge.getKey()).isLessThanOrEqualTo(TOLERANCE);
          largest = Math.max(largest, difference);
          nEdges++;
        }
      }
    }
    System.out.printf(
        "%s: %d weights, largest difference %.1e%n", folder.getFileName(), nEdges, largest);
  }

  /** The two edges below an MLP, and the one that goes past it. */
  private static boolean entersOrLeavesMlp(String edge) {
    return edge.contains("M") || edge.contains(" I");
  }

  private static Map<String, Double> merged(Route route) {
    Map<String, Double> weights = new HashMap<>();
    for (Edge edge : route.edges()) {
      weights.merge(edge.from().id() + " " + edge.to().id(), edge.weight(), Double::sum);
    }
    return weights;
  }
}
