package dev.limpid.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.ReferenceOps;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final Tensor LOGITS =
      Tensor.of(new float[] {0.5f, -1, 2, 0, 1.5f, -3, 2, 0.25f}, 8);

  private static Sampler sampler(double temperature, int topK, double topP, long seed) {
    return new Sampler(new Sampling(temperature, topK, topP, seed), new ReferenceOps());
  }

  private static List<Integer> draws(int count, Sampler sampler) {
    return IntStream.range(0, count).map(i -> sampler.choose(LOGITS)).boxed().toList();
  }

  @Test
  void tokensAreDrawnAsOftenAsTheyAreProbable() {
    int n = 200_000;
    for (Supplier<Sampler> of :
        List.<Supplier<Sampler>>of(
            () -> sampler(1, 0, 1, 7), () -> sampler(0.7, 5, 1, 7), () -> sampler(2, 0, 0.8, 7))) {
      double[] weights = of.get().weights(LOGITS).clone();
      double sum = IntStream.range(0, 8).mapToDouble(i -> weights[i]).sum();
      int[] counts = new int[8];
      draws(n, of.get()).forEach(token -> counts[token]++);
      for (int i = 0; i < 8; i++) {
        double p = weights[i] / sum;
        // Five standard deviations; the seed is fixed.
        assertThat(counts[i] / (double) n)
            .as("token %d", i)
            .isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / n)));
      }
    }
  }

  @Test
  void aSeedChoosesTheSameTokensAndAnotherOthers() {
    assertThat(draws(50, sampler(1, 0, 1, 3))).isEqualTo(draws(50, sampler(1, 0, 1, 3)));
    assertThat(draws(50, sampler(1, 0, 1, 3))).isNotEqualTo(draws(50, sampler(1, 0, 1, 4)));
    // Neighbouring seeds differ from the first token on.
    assertThat(IntStream.range(0, 100).map(s -> sampler(1, 0, 1, s).choose(LOGITS)).distinct())
        .hasSizeGreaterThan(4);
  }

  @Test
  void filtersThatFilterNothingChangeNothing() {
    List<Integer> plain = draws(100, sampler(1, 0, 1, 11));
    assertThat(draws(100, sampler(1, 8, 1, 11))).isEqualTo(plain);
    assertThat(draws(100, sampler(1, 1000, 1, 11))).isEqualTo(plain);
  }

  @Test
  void extremesStillChooseAToken() {
    assertThat(draws(3, sampler(0, 0, 1, 1))).containsOnly(2); // of equal ones the lowest id
    assertThat(draws(100, sampler(Double.MIN_VALUE, 0, 1, 1))).containsOnly(2, 6);
    assertThat(draws(100, sampler(1, 1, 1, 1))).containsOnly(2, 6); // equal to the last of the top
    assertThat(draws(3, sampler(1, 0, Double.MIN_VALUE, 1))).containsOnly(6);
    assertThat(draws(500, sampler(Double.MAX_VALUE, 0, 1, 1))).contains(0, 1, 2, 3, 4, 5, 6, 7);
    Tensor equal = Tensor.zeros(5);
    assertThat(sampler(1, 0, Double.MIN_VALUE, 1).choose(equal)).isEqualTo(4);
    Tensor far = Tensor.of(new float[] {-Float.MAX_VALUE, Float.MAX_VALUE}, 2);
    assertThat(sampler(1, 0, 0.5, 1).choose(far)).isEqualTo(1);
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    refused("temperature -1.0", -1, 0, 1);
    refused("temperature NaN", Double.NaN, 0, 1);
    refused("temperature Infinity", Double.POSITIVE_INFINITY, 0, 1);
    refused("top-k -1", 1, -1, 1);
    refused("top-p 0.0", 1, 0, 0);
    refused("top-p 1.1", 1, 0, 1.1);
    refused("top-p NaN", 1, 0, Double.NaN);
  }

  private static void refused(String message, double temperature, int topK, double topP) {
    assertThatThrownBy(() -> new Sampling(temperature, topK, topP, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
