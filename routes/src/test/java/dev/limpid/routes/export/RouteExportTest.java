package dev.limpid.routes.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.limpid.attribution.BiasOption;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RandomContributions;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
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
    Route route = document.routes().getFirst().route();
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
    Route route = document.routes().getFirst().route();
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
    Route route = document.routes().getFirst().route();
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
  void dotQuotesEverything() throws IOException {
    RouteDocument document = document(ThresholdMode.RAW, 0.04, 6);
    Route route = document.routes().getFirst().route();
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
