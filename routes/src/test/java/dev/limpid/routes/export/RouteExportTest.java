package dev.limpid.routes.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.limpid.attribution.BiasOption;
import dev.limpid.routes.Edge;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.LostFlow;
import dev.limpid.routes.Node;
import dev.limpid.routes.RandomContributions;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.RouteGraph;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All formats, with tokens that every format must escape. */
class RouteExportTest {
  private static final List<String> TEXTS =
      List.of("<s>", " \"Mary\" & 'John'", "\\n\n", "\u0000\u0007", "<0xE4>", "日本語", "]]>");

  private static final FlowGraph GRAPH =
      FlowGraph.of(RandomContributions.of(7, 3, TEXTS.size(), 4, BiasOption.SEPARATE, 0.05));

  private static RouteDocument document(ThresholdMode mode, double threshold, int... positions) {
    RouteExtractor extractor = new RouteExtractor(GRAPH, mode, threshold);
    Map<String, @Nullable Object> model = new LinkedHashMap<>();
    model.put("name", "random");
    model.put("family", "gpt2");
    model.put("n_layers", 3);
    model.put("n_heads", 4);
    model.put("d_model", 12L);
    model.put("backend", "reference");
    Supplier<String> whenWritten = () -> "0a".repeat(32);
    model.put("sha256", whenWritten);
    model.put("limpid_version", "1.0");
    model.put("tied", true);
    model.put("tokenizer", null);
    return RouteDocument.of(
        model,
        TEXTS.stream().map(text -> new RouteDocument.Token(3, text, text)).toList(),
        extractor,
        Arrays.stream(positions)
            .mapToObj(t ->
                new RouteDocument.PredictedRoute(
                    extractor.route(t), new RouteDocument.Prediction(5, " \"<&", 0.25)))
            .toList());
  }

  private static String json(RouteDocument document) {
    StringWriter out = new StringWriter();
    RoutesJson.write(document, out);
    return out.toString();
  }

  @ParameterizedTest
  @EnumSource
  void jsonIsValidByItsSchema(ThresholdMode mode) throws IOException {
    Path path = TestData.root().resolve("docs/schemas/routes.schema.json");
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(path));
    for (double threshold : new double[] {0, 0.00001, 0.04, 0.3}) {
      String json = json(document(mode, threshold, 0, 3, 6));
      assertThat(schema.validate(json, InputFormat.JSON)).isEmpty();
      assertThat(json).endsWith("}\n").doesNotContainPattern("[0-9][eE][-+0-9]");
    }
    assertThat(schema.validate("{\"model\":{}}", InputFormat.JSON)).isNotEmpty();
  }

  @Test
  void jsonSaysWhatTheRouteSays() {
    RouteDocument document = document(ThresholdMode.RENORMALISED, 0.04, 6);
    RouteGraph route = document.routes().getFirst().route();
    JsonNode json = JsonMapper.shared().readTree(json(document));

    assertThat(json.at("/model/n_layers").intValue()).isEqualTo(3);
    assertThat(json.at("/schema").stringValue()).isEqualTo("limpid/routes/1");
    assertThat(json.at("/model/sha256").stringValue()).isEqualTo("0a".repeat(32));
    assertThat(json.at("/model/tokenizer").isNull()).isTrue();
    assertThat(json.get("threshold").doubleValue()).isEqualTo(0.04);
    assertThat(json.get("mode").stringValue()).isEqualTo("renormalised");
    assertThat(json.get("bias").stringValue()).isEqualTo("separate");
    assertThat(json.get("tokens").valueStream().map(t -> t.get("text").stringValue()))
        .containsExactlyElementsOf(TEXTS);
    JsonNode written = json.at("/routes/0");
    assertThat(written.get("nodes").valueStream().map(n -> n.get("id").stringValue()))
        .containsExactlyElementsOf(route.nodes().stream().map(n -> n.node().id()).toList());
    assertThat(written.get("edges")).hasSameSizeAs(route.edges());
    double arrived =
        written.get("source_flow").valueStream().mapToDouble(s -> s.get(1).doubleValue()).sum();
    double lost = written.get("lost_flow").valueStream().mapToDouble(JsonNode::doubleValue).sum();
    assertThat(arrived + lost).isBetween(1 - 1e-5, 1 + 1e-5);
    assertThat(json(document)).isEqualTo(json(document(ThresholdMode.RENORMALISED, 0.04, 6)));
  }

  @Test
  void graphMlIsAGraph() throws Exception {
    RouteDocument document = document(ThresholdMode.RENORMALISED, 0.04, 6);
    RouteGraph route = document.routes().getFirst().route();
    StringWriter out = new StringWriter();
    RouteGraphMl.write(document, out);
    Document xml = parse(out.toString());
    assertThat(elements(xml, "node").map(e -> e.getAttribute("id")))
        .containsExactlyElementsOf(route.nodes().stream().map(n -> n.node().id()).toList());
    assertThat(elements(xml, "edge").map(e -> e.getAttribute("source") + e.getAttribute("target")))
        .containsExactlyElementsOf(
            route.edges().stream().map(e -> e.from().id() + e.to().id()).toList());
  }

  @Test
  void svgDrawsEveryNodeAndEdge() throws Exception {
    RouteDocument document = document(ThresholdMode.RENORMALISED, 0.01, 6);
    RouteGraph route = document.routes().getFirst().route();
    StringWriter out = new StringWriter();
    RouteSvg.write(document, out);
    Document xml = parse(out.toString());
    assertThat(elements(xml, "path")).hasSameSizeAs(route.edges());
    assertThat(elements(xml, "circle").count() + elements(xml, "rect").count())
        .isEqualTo(route.nodes().size());
    assertThat(xml.getDocumentElement().getTextContent())
        .contains("·\"Mary\"", RouteDocument.WHAT_A_ROUTE_SHOWS)
        .contains("prefers-color-scheme: dark");
  }

  @Test
  void theWidthOfALineIsTheFlowThroughIt() throws Exception {
    RouteDocument document = document(ThresholdMode.RENORMALISED, 0.01, 6);
    EdgeFlow flow = new EdgeFlow(document.routes().getFirst().route());
    RouteWords words = new RouteWords(document);
    StringWriter out = new StringWriter();
    RouteSvg.write(document, out);
    List<Element> lines = elements(parse(out.toString()), "path").toList();
    for (Edge edge : document.routes().getFirst().route().edges()) {
      double factor = edge instanceof Edge.Residual ? 1.25 : 8;
      String width = Spelling.share(0.75 + factor * flow.of(edge));
      assertThat(lines)
          .anySatisfy(line -> {
            assertThat(line.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo(words.of(edge));
            assertThat(line.getAttribute("stroke-width")).isEqualTo(width);
          });
    }
  }

  @Test
  void onAPageTheStrongestAttentionHasAnchors() throws Exception {
    RouteDocument document = document(ThresholdMode.RENORMALISED, 0.01, 6);
    List<Edge.Attention> strongest =
        new EdgeFlow(document.routes().getFirst().route()).betweenPositions();
    assertThat(strongest).hasSizeGreaterThan(RouteSvg.LINKED);
    StringWriter out = new StringWriter();
    RouteSvg.writeElement(document, "edge-", out);
    List<Element> anchors = elements(parse(out.toString()), "a").toList();
    assertThat(anchors).hasSize(RouteSvg.LINKED);
    for (int i = 0; i < RouteSvg.LINKED; i++) {
      assertThat(anchors.get(i).getAttribute("id")).isEqualTo("edge-" + (i + 1));
      assertThat(anchors.get(i).getAttribute("href")).isEqualTo("#edge-" + (i + 1));
      assertThat(anchors.get(i).getAttribute("aria-label"))
          .isEqualTo(new RouteWords(document).of(strongest.get(i)));
    }
  }

  @Test
  void manyPositionsLeaveRoomForThoseThatMatter() throws Exception {
    FlowGraph graph = FlowGraph.of(RandomContributions.of(3, 4, 90, 2, BiasOption.EXCLUDED, 0));
    Route route = new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.001).route(89);
    RouteLayout layout = new RouteLayout(route, 10);
    assertThat(layout.columns()).isSorted().endsWith(89).doesNotHaveDuplicates();
    for (Route.NodeFlow node : route.nodes()) {
      if (node.flow() >= 0.005) {
        assertThat(layout.shows(node.node())).isTrue();
      }
    }
    EdgeFlow flow = new EdgeFlow(route);
    assertThat(flow.betweenPositions().subList(0, RouteSvg.LINKED)).allMatch(layout::shows);
    List<Integer> positions =
        route.nodes().stream().map(node -> node.node().position()).distinct().toList();
    assertThat(layout.leftOut()).isPositive();
    assertThat(layout.leftOut() + layout.columns().length).isEqualTo(positions.size());
    assertThat(layout.rows().getFirst()[0]).isZero();
    assertThat(layout.rows().getLast()[1]).isEqualTo(3);
  }

  @Test
  void edgesAreToldInWords() {
    Node token = new Node(Node.Kind.TOKEN, 0, 1);
    Node self = new Node(Node.Kind.TOKEN, 0, 6);
    Node state = new Node(Node.Kind.AFTER_ATTENTION, 0, 6);
    Node mlp = new Node(Node.Kind.MLP, 0, 6);
    Node last = new Node(Node.Kind.AFTER_MLP, 0, 6);
    List<Edge> edges =
        List.of(
            new Edge.Attention(
                token, state, 0.5, List.of(new Edge.Head(8, 0.3), new Edge.Head(2, 0.2))),
            new Edge.Attention(self, state, 0.1, List.of(new Edge.Head(0, 0.1))),
            new Edge.Residual(self, state, 0.4),
            new Edge.MlpIn(state, mlp, 0.2),
            new Edge.MlpOut(mlp, last, 0.2),
            new Edge.Residual(state, last, 0.8));
    List<Route.NodeFlow> nodes =
        List.of(
            new Route.NodeFlow(token, 0.5, 1),
            new Route.NodeFlow(self, 0.5, 1),
            new Route.NodeFlow(state, 1, 1),
            new Route.NodeFlow(mlp, 0.2, 1),
            new Route.NodeFlow(last, 1, 1));
    Route route = new Route(6, nodes, edges, new LostFlow(0, 0, 0), List.of(), List.of());
    RouteDocument known = document(ThresholdMode.RAW, 0.04, 6);
    RouteDocument document =
        new RouteDocument(
            known.model(),
            known.tokens(),
            0.04,
            known.measure(),
            List.of(
                new RouteDocument.PredictedRoute(
                    route, new RouteDocument.Prediction(5, null, 0.25))));
    RouteWords words = new RouteWords(document);
    assertThat(edges.stream().map(words::of))
        .containsExactly(
            "layer 0: “]]>” reads “ \"Mary\" & 'John'”, 50.0 %, heads 8, 2",
            "layer 0: “]]>” reads itself, 10.0 %, head 0",
            "layer 0: “]]>” stays as it was in front of the attention, 40.0 %",
            "layer 0: the MLP at “]]>” reads, 20.0 %",
            "layer 0: the MLP at “]]>” writes, 20.0 %",
            "layer 0: “]]>” stays as it was in front of the MLP, 80.0 %");
    assertThat(words.of(new Edge.Residual(self, last, 0.5)))
        .as("past both blocks of a layer, which read the same state")
        .isEqualTo("layer 0: “]]>” stays as it was in front of the layer, 50.0 %");
    assertThat(words.of(nodes.get(3))).isEqualTo("M0_6: the MLP of layer 0 at “]]>”, 20.0 %");
    assertThat(route.keptShare()).isEqualTo(1);
    assertThat(route.arrivingShare()).isEqualTo(1);
  }

  @Test
  void dotQuotesEverything() throws IOException {
    RouteDocument document = document(ThresholdMode.RAW, 0.04, 6);
    RouteGraph route = document.routes().getFirst().route();
    StringBuilder out = new StringBuilder();
    RouteDot.write(document, out);
    assertThat(out.toString().lines().filter(line -> line.contains(" -> ")))
        .hasSameSizeAs(route.edges());
    // Without escaped characters, quotes open and close on every line.
    assertThat(out.toString().replaceAll("\\\\.", "").lines())
        .allMatch(line -> line.chars().filter(c -> c == '"').count() % 2 == 0);
  }

  @Test
  void pictureOfSeveralRoutesIsRefused() {
    RouteDocument document = document(ThresholdMode.RAW, 0.04, 5, 6);
    assertThatThrownBy(() -> RouteSvg.write(document, new StringWriter()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one route, there are 2");
  }

  @Test
  void numbersArePlain() {
    assertThat(Spelling.share(1e-7)).isEqualTo("0");
    assertThat(Spelling.share(-1e-7)).isEqualTo("0");
    assertThat(Spelling.share(0.1234567)).isEqualTo("0.123457");
    assertThat(Spelling.share(1)).isEqualTo("1");
    assertThat(Spelling.exact(1e-5)).isEqualTo("0.00001");
    assertThat(Spelling.exact(0)).isEqualTo("0");
    assertThat(Spelling.exact(10000)).isEqualTo("10000");
  }

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private static Stream<Element> elements(Document xml, String name) {
    var list = xml.getElementsByTagName(name);
    return Stream.iterate(0, i -> i < list.getLength(), i -> i + 1)
        .map(i -> (Element) list.item(i));
  }
}
