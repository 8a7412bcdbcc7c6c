package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.toy.AllBackends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Contrast flow against the definitions in plain float64 on Hugging Face's states. */
class ContrastFlowGoldenTest {
  /** In units of the largest amount, if that is above 1: contributions are good to 1e-4. */
  private static final double TOLERANCE = 1e-4;

  @ParameterizedTest
  @MethodSource("dev.limpid.routes.RouteGoldenTest#models")
  void amountsAreThoseOfTheDefinition(
      String backend, Path folder, Path goldens, String suffix, int prompt) throws IOException {
    JsonNode golden = read(goldens.resolve("routes" + suffix + ".json"));
    JsonNode contrast = golden.get("contrast");
    JsonNode ids = read(goldens.resolve("reference.json")).findValues("input_ids").get(prompt);
    List<Integer> tokens = ids.valueStream().map(JsonNode::intValue).toList();
    int position = golden.get("position").intValue();
    int answer = contrast.get("answer").intValue();
    int distractor = contrast.get("distractor").intValue();
    Transformer model = ModelLoader.open(folder, AllBackends.open(backend));
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);

    ContrastFlow flow =
        ContrastFlow.of(
            FlowGraph.of(Contributions.of(model, trace)),
            DirectLogitAttribution.of(model, trace, position, answer, distractor));

    assertAmounts(contrast.get("towards"), flow, ContrastFlow.Amount::towards);
    assertAmounts(contrast.get("away"), flow, ContrastFlow.Amount::away);
    assertThat(flow.biases()).isCloseTo(contrast.get("bias").doubleValue(), within(TOLERANCE));
    Tensor logits = trace.logitsBeforeCap(position);
    assertThat(flow.sum())
        .isCloseTo(logits.get(answer) - logits.get(distractor), within(TOLERANCE));
  }

  private static void assertAmounts(
      JsonNode expected, ContrastFlow flow, ToDoubleFunction<ContrastFlow.Amount> amount) {
    double[] wanted = expected.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
    double largest = 1;
    for (double value : wanted) {
      largest = Math.max(largest, value);
    }
    assertThat(flow.tokens().stream().mapToDouble(amount).toArray())
        .containsExactly(wanted, within(TOLERANCE * largest));
  }

  private static JsonNode read(Path path) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(path));
  }
}
