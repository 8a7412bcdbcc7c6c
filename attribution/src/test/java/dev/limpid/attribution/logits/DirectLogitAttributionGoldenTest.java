package dev.limpid.attribution.logits;

import static dev.limpid.testdata.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Direct logit attribution against plain float64 on Hugging Face's states. */
class DirectLogitAttributionGoldenTest {
  /** Absolute, in logits: float32 against float64. */
  private static final double TOLERANCE = 1e-4;

  static List<TestData.Golden> all() {
    return TestData.goldens();
  }

  /** The goldens that name an answer and a distractor. */
  static Stream<Arguments> contrasts() {
    return all().stream()
        .map(golden -> {
          String routes =
              golden.expected().getFileName().toString().equals("expected-2.safetensors")
                  ? "routes-2.json"
                  : "routes.json";
          return Arguments.of(golden, golden.expected().resolveSibling(routes));
        })
        .filter(arguments -> Files.exists((Path) arguments.get()[1]));
  }

  @ParameterizedTest
  @MethodSource("contrasts")
  void everyPartEqualsTheDefinition(TestData.Golden golden, Path routes) throws IOException {
    JsonNode file = JsonMapper.shared().readTree(Files.readString(routes));
    JsonNode contrast = file.get("contrast");
    Transformer model = ModelLoader.open(golden.model(), Backends.open("reference"));

    DirectLogitAttribution actual =
        DirectLogitAttribution.of(
            model,
            trace(model, golden),
            file.get("position").intValue(),
            contrast.get("answer").intValue(),
            contrast.get("distractor").intValue());

    assertClose(actual.embedding(), contrast.get("embedding").doubleValue(), TOLERANCE);
    assertClose(actual.biases(), contrast.get("bias").doubleValue(), TOLERANCE);
    assertClose(actual.sum(), contrast.get("logit_difference").doubleValue(), TOLERANCE);
    for (int l = 0; l < actual.layers().size(); l++) {
      LayerLogits layer = actual.layers().get(l);
      assertClose(layer.mlp(), contrast.get("mlp").get(l).doubleValue(), TOLERANCE);
      for (int h = 0; h < layer.nHeads(); h++) {
        assertClose(layer.head(h), contrast.get("heads").get(l).get(h).doubleValue(), TOLERANCE);
      }
    }
  }

  /** On the bundled models too, for the most and the least probable token of every position. */
  @ParameterizedTest
  @MethodSource("all")
  void partsSumToTheLogit(TestData.Golden golden) throws IOException {
    Transformer model = ModelLoader.open(golden.model(), Backends.open("vector"));
    ForwardTrace trace = trace(model, golden);
    for (int t = 0; t < trace.nPositions(); t++) {
      Tensor logits = trace.logitsBeforeCap(t);
      int[] order = model.ops().topK(logits, logits.dim(0));
      int best = order[0];
      int worst = order[order.length - 1];

      double one = DirectLogitAttribution.of(model, trace, t, best, null).sum();
      double both = DirectLogitAttribution.of(model, trace, t, best, worst).sum();

      assertThat(one).isCloseTo(logits.get(best), within(TOLERANCE));
      assertThat(both).isCloseTo(logits.get(best) - logits.get(worst), within(TOLERANCE));
    }
  }

  private static ForwardTrace trace(Transformer model, TestData.Golden golden) throws IOException {
    SafetensorsFile expected = SafetensorsFile.open(golden.expected(), Arena.ofAuto());
    List<Integer> tokens = Arrays.stream(expected.tensor("tokens").toInts()).boxed().toList();
    return model.trace(tokens, TraceDetail.FULL);
  }
}
