package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The threshold that fits: small cases by hand, and what it promises for any contributions. */
class FittingThresholdTest {

  /** One layer and one head; the last position reads the others, and its own state stays. */
  private static FlowGraph graph(double... read) {
    int nPositions = read.length + 1;
    float[] pairs = new float[nPositions * (nPositions + 1) / 2];
    float[] stays = new float[nPositions];
    float[] ones = new float[nPositions];
    Arrays.fill(stays, 1);
    Arrays.fill(ones, 1);
    for (int k = 0; k < read.length; k++) {
      pairs[LayerContributions.pair(read.length, k)] = (float) read[k];
      stays[read.length] -= (float) read[k];
    }
    Tensor none = Tensor.zeros(nPositions);
    NodeShares shares =
        new NodeShares(
            Tensor.of(stays, nPositions),
            none,
            none,
            Tensor.of(ones, nPositions),
            none,
            List.of(),
            List.of());
    return FlowGraph.of(
        new Contributions(
            ContributionOptions.DEFAULT,
            List.of(new LayerContributions(Tensor.of(pairs, 1, pairs.length), shares))));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.3, 0.2, 0.04", // much from few
    "0, 0.3, 0.01, 0.04", // what is below is little beside it
    "0, 0.03, 0.02, 0.025", // the larger of two is enough
    "0, 0.011, 0.011, 0.01",
    "0.5, 0.0055, 0, 0.005", // the first token alone tells no story
    "0, 0.004, 0.004, 0.04", // there is none
  })
  void isAsHighAsItCanBe(double first, double second, double third, double expected) {
    FlowGraph graph = graph(first, second, third);
    for (ThresholdMode mode : ThresholdMode.values()) {
      assertThat(FittingThreshold.of(graph, mode, 3)).isEqualTo(expected);
    }
  }

  @Test
  void withoutATokenBetweenItIsTheHighest() {
    FlowGraph graph = graph(0.02, 0.02, 0.02);
    assertThat(FittingThreshold.of(graph, ThresholdMode.RENORMALISED, 0)).isEqualTo(0.04);
    assertThat(FittingThreshold.of(graph, ThresholdMode.RENORMALISED, 1)).isEqualTo(0.04);
    assertThatThrownBy(() -> FittingThreshold.of(graph, ThresholdMode.RAW, 4))
        .hasMessageContaining("position 4 is not in the prompt (0 to 3)");
  }

  @Property(tries = 200)
  void showsHalfOfTheStoryAndNoHigherStopDoes(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int nLayers,
      @ForAll @IntRange(min = 1, max = 30) int nPositions,
      @ForAll BiasOption bias,
      @ForAll ThresholdMode mode) {
    FlowGraph graph =
        FlowGraph.of(RandomContributions.of(seed, nLayers, nPositions, 3, bias, 0.02));
    double fitting = FittingThreshold.of(graph, mode, nPositions - 1);
    double half = shown(graph, mode, FittingThreshold.FINEST) / 2;

    assertThat(FittingThreshold.STOPS).contains(fitting);
    assertThat(shown(graph, mode, fitting)).isGreaterThanOrEqualTo(half);
    FittingThreshold.STOPS.stream()
        .filter(stop -> stop > fitting)
        .forEach(stop -> assertThat(shown(graph, mode, stop)).isLessThan(half));
  }

  /** Of what the tokens in between have at the lowest threshold, how much they have at another. */
  private static double shown(FlowGraph graph, ThresholdMode mode, double threshold) {
    int last = graph.nPositions() - 1;
    Route all = new RouteExtractor(graph, mode, FittingThreshold.FINEST).route(last);
    Route some = new RouteExtractor(graph, mode, threshold).route(last);
    double sum = 0;
    for (int t = 1; t < last; t++) {
      sum += Math.min(all.sourceFlow(t), some.sourceFlow(t));
    }
    return sum;
  }

  @Test
  void oneTokenWithTooMuchDoesNotStandForTheOthers() {
    // At 0.04 one of 24 tokens is left, with half of the state instead of a twentieth.
    double[] read = new double[25];
    Arrays.fill(read, 2, 25, 0.0391);
    read[1] = 0.05;
    FlowGraph graph = graph(read);
    assertThat(new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.04).sourceFlow(25)[1])
        .isGreaterThan(0.49);
    assertThat(FittingThreshold.of(graph, ThresholdMode.RENORMALISED, 25)).isEqualTo(0.035);
  }
}
