package dev.limpid.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Temperature, top-k and top-p against Hugging Face's own processors. */
class SamplerGoldenTest {
  /** Their logits are rounded to float here: 6e-8 of at most 12, which exp passes on. */
  private static final double TOLERANCE = 2e-6;

  static List<JsonNode> cases() throws IOException {
    String file = Files.readString(TestData.folder().resolve("goldens/generation/sampling.json"));
    List<JsonNode> cases = JsonMapper.shared().readTree(file).valueStream().toList();
    assertThat(cases).hasSizeGreaterThan(50);
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theSameTokensRemainAsProbable(JsonNode golden) {
    double[] logits = numbers(golden.path("logits"));
    double[] expected = numbers(golden.path("probabilities"));
    Tensor x = Tensor.zeros(logits.length);
    for (int i = 0; i < logits.length; i++) {
      x.array()[i] = (float) logits[i];
    }
    Sampling sampling =
        new Sampling(
            golden.path("temperature").asDouble(),
            golden.path("top_k").asInt(),
            golden.path("top_p").asDouble(),
            0);

    double[] weights = new Sampler(sampling, new ReferenceOps()).weights(x);

    double sum = Arrays.stream(weights).sum();
    for (int i = 0; i < expected.length; i++) {
      assertThat(weights[i] > 0).as("token %d is kept", i).isEqualTo(expected[i] > 0);
      assertThat(weights[i] / sum).as("token %d", i).isCloseTo(expected[i], within(TOLERANCE));
    }
  }

  private static double[] numbers(JsonNode list) {
    return list.valueStream().mapToDouble(JsonNode::asDouble).toArray();
  }
}
