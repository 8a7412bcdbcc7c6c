package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Source-token flow and contrast flow of a real model, SmolLM2-135M in F16, against float64. */
@Tag("accuracy")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmolLm2FlowTest {
  /** Absolute, for flows in [0, 1]: float32 against float64 over 30 layers. */
  private static final double TOLERANCE = 1e-3;

  private static final Map<String, Double> THRESHOLDS =
      Map.of("all_edges", 0.0, "renormalised_0_02", 0.02, "renormalised_0_04", 0.04);

  /** Of contrast flow, relative to the logit difference. */
  private static final double CONTRAST = 1e-3;

  private Transformer model;
  private JsonNode prompts;

  @BeforeAll
  void load() throws IOException {
    model = ModelLoader.open(TestData.smolLm2(), Backends.open("vector"));
    Path truth = TestData.shared().orElseThrow().resolve("smollm2/flows.json");
    prompts = JsonMapper.shared().readTree(Files.readString(truth));
  }

  @Test
  void sourceFlowEqualsFloat64() {
    for (JsonNode prompt : prompts) {
      FlowGraph graph = graph(trace(prompt));
      THRESHOLDS.forEach((name, threshold) -> {
        double[] expected = doubles(prompt.get("source_flow").get(name));
        double[] actual =
            new RouteExtractor(graph, ThresholdMode.RENORMALISED, threshold)
                .sourceFlow(expected.length - 1);
        System.out.printf(
            "%s, %s: largest difference %.1e%n",
            prompt.get("text"), name, largestDifference(expected, actual));
        assertThat(actual).as(name).containsExactly(expected, within(TOLERANCE));
      });
    }
  }

  @Test
  void contrastFlowEqualsFloat64() {
    for (JsonNode prompt : prompts) {
      ForwardTrace trace = trace(prompt);
      FlowGraph graph = graph(trace);
      DirectLogitAttribution attribution =
          DirectLogitAttribution.of(
              model,
              trace,
              trace.nPositions() - 1,
              prompt.get("answer_id").intValue(),
              prompt.get("distractor_id").intValue());
      double difference = prompt.get("logit_difference").doubleValue();
      double[] towards = doubles(prompt.get("contrast").get("towards"));
      double[] away = doubles(prompt.get("contrast").get("away"));
      double[] net =
          IntStream.range(0, away.length).mapToDouble(t -> towards[t] - away[t]).toArray();

      ContrastFlow flow = ContrastFlow.of(graph, attribution);
      ContrastFlow ofEdges = ContrastFlow.of(graph, headsSummed(attribution));

      assertThat(flow.sum()).isCloseTo(difference, within(CONTRAST * difference));
      String text = prompt.get("text").stringValue();
      assertAmounts(text + ", net", flow, ContrastFlow.Amount::net, net, difference);
      assertAmounts(text + ", towards", ofEdges, ContrastFlow.Amount::towards, towards, difference);
      assertAmounts(text + ", away", ofEdges, ContrastFlow.Amount::away, away, difference);
    }
  }

  private static void assertAmounts(
      String what,
      ContrastFlow flow,
      ToDoubleFunction<ContrastFlow.Amount> amount,
      double[] expected,
      double difference) {
    double[] actual = flow.tokens().stream().mapToDouble(amount).toArray();
    System.out.printf(
        "%s: largest difference %.1e of %.5f%n",
        what, largestDifference(expected, actual), difference);
    assertThat(actual).as(what).containsExactly(expected, within(CONTRAST * difference));
  }

  /**
   * The attribution by the convention of the truth, where heads that read the same key for and
   * against the answer are summed before amounts of either sign part. Limpid, as the goldens, keeps
   * heads apart: the net amounts are the same, those towards and away are both larger.
   */
  private static DirectLogitAttribution headsSummed(DirectLogitAttribution attribution) {
    List<LayerLogits> layers =
        attribution.layers().stream()
            .map(layer -> {
              Tensor summed = Tensor.zeros(1, attribution.position() + 1);
              for (int k = 0; k <= attribution.position(); k++) {
                for (int h = 0; h < layer.nHeads(); h++) {
                  summed.array()[k] += (float) layer.head(h, k);
                }
              }
              return new LayerLogits(summed, layer.attentionBias(), layer.mlp(), layer.mlpBias());
            })
            .toList();
    return new DirectLogitAttribution(
        attribution.position(), attribution.direction(), attribution.embedding(), layers);
  }

  private ForwardTrace trace(JsonNode prompt) {
    List<Integer> tokens = prompt.get("tokens").valueStream().map(JsonNode::intValue).toList();
    return model.trace(tokens, TraceDetail.FULL);
  }

  /**
   * The graph by the convention of the truth. In the first prompt I10_6 is cancelling: |residMid| =
   * 1739 and |mlpOut| = 1619 are both larger than |residPost| = 1508. Limpid stops the flow there
   * (0.46 % of it); the truth lets it pass, since both parts lead to the same state A10_6.
   */
  private FlowGraph graph(ForwardTrace trace) {
    Contributions contributions = Contributions.of(model, trace);
    List<LayerContributions> layers =
        contributions.layers().stream().map(SmolLm2FlowTest::pastCancellingMlps).toList();
    return FlowGraph.of(new Contributions(contributions.options(), layers));
  }

  private static LayerContributions pastCancellingMlps(LayerContributions layer) {
    NodeShares shares = layer.shares();
    assertThat(shares.attentionCancelling()).isEmpty();
    float[] mlpResidual = shares.mlpResidual().toFloats();
    for (int t : shares.mlpCancelling()) {
      mlpResidual[t] = 1;
    }
    return new LayerContributions(
        layer.attention(),
        new NodeShares(
            shares.attentionResidual(),
            shares.attentionBias(),
            shares.mlp(),
            Tensor.of(mlpResidual, mlpResidual.length),
            shares.mlpBias(),
            List.of(),
            List.of()));
  }

  private static double[] doubles(JsonNode array) {
    return array.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
  }

  private static double largestDifference(double[] a, double[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }
}
