package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.tensor.Tensor;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The threshold that fits: small cases by hand, and what it promises for any contributions. */
class FittingThresholdTest {

  /** One layer and one head; the last of four positions reads the three others. */
  private static FlowGraph graph(double first, double second, double third) {
    float[] pairs = {0, 0, 0, 0, 0, 0, (float) first, (float) second, (float) third, 0};
    float stays = (float) (1 - first - second - third);
    Tensor none = Tensor.zeros(4);
    NodeShares shares =
        new NodeShares(
            Tensor.of(new float[] {1, 1, 1, stays}, 4),
            none,
            none,
            Tensor.of(new float[] {1, 1, 1, 1}, 4),
            none,
            List.of(),
            List.of());
    return FlowGraph.of(
        new Contributions(
            ContributionOptions.DEFAULT,
            List.of(new LayerContributions(Tensor.of(pairs, 1, 10), shares))));
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
    double half = fromOthers(graph, mode, FittingThreshold.FINEST) / 2;

    assertThat(FittingThreshold.STOPS).contains(fitting);
    assertThat(fromOthers(graph, mode, fitting)).isGreaterThanOrEqualTo(half);
    FittingThreshold.STOPS.stream()
        .filter(stop -> stop > fitting)
        .forEach(stop -> assertThat(fromOthers(graph, mode, stop)).isLessThan(half));
  }

  private static double fromOthers(FlowGraph graph, ThresholdMode mode, double threshold) {
    int last = graph.nPositions() - 1;
    return new RouteExtractor(graph, mode, threshold)
        .route(last).sources().stream()
            .filter(source -> source.node().position() > 0 && source.node().position() < last)
            .mapToDouble(Route.NodeFlow::flow)
            .sum();
  }
}
