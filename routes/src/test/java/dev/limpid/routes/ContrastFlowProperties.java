package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
import dev.limpid.attribution.logits.LogitDirection;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What holds for the flow of any logit over any contributions whatever. */
class ContrastFlowProperties {
  /** Absolute, for sums in double of some hundred amounts. */
  private static final double ROUNDING = 1e-9;

  @Property(tries = 200)
  void whatArrivesAndIsLostSumsToTheLogit(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int nLayers,
      @ForAll @IntRange(min = 1, max = 13) int nPositions,
      @ForAll @IntRange(min = 1, max = 5) int nHeads,
      @ForAll BiasOption bias,
      @ForAll boolean cancelling) {
    Contributions contributions =
        RandomContributions.of(seed, nLayers, nPositions, nHeads, bias, cancelling ? 0.1 : 0);
    int position = Math.floorMod(seed, nPositions);
    DirectLogitAttribution attribution = attribution(seed, nLayers, position, nHeads);

    ContrastFlow flow = ContrastFlow.of(FlowGraph.of(contributions), attribution);

    assertThat(flow.sum()).isCloseTo(attribution.sum(), within(ROUNDING));
    assertThat(flow.tokens()).hasSize(nPositions);
    for (int t = 0; t < nPositions; t++) {
      ContrastFlow.Amount amount = flow.tokens().get(t);
      assertThat(amount.towards()).isGreaterThanOrEqualTo(0);
      assertThat(amount.away()).isGreaterThanOrEqualTo(0);
      if (t > position) {
        assertThat(amount).isEqualTo(new ContrastFlow.Amount(0, 0));
      }
    }
    if (!cancelling && bias == BiasOption.EXCLUDED) {
      assertThat(flow.lost()).isEqualTo(new ContrastFlow.Amount(0, 0));
    }
  }

  @Example
  void graphAndAttributionMustBeOfOnePass() {
    FlowGraph graph = FlowGraph.of(RandomContributions.of(1, 2, 3, 1, BiasOption.EXCLUDED, 0));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> ContrastFlow.of(graph, attribution(1, 2, 3, 1)))
        .withMessageContaining("2 layers and 3 positions");
  }

  static DirectLogitAttribution attribution(long seed, int nLayers, int position, int nHeads) {
    Random random = new Random(seed);
    List<LayerLogits> layers = new ArrayList<>();
    for (int l = 0; l < nLayers; l++) {
      Tensor attention = Tensor.zeros(nHeads, position + 1);
      for (int i = 0; i < attention.array().length; i++) {
        attention.array()[i] = (float) random.nextGaussian();
      }
      layers.add(
          new LayerLogits(
              attention, random.nextGaussian(), random.nextGaussian(), random.nextGaussian()));
    }
    LogitDirection direction = new LogitDirection(0, 1, Tensor.zeros(1), random.nextGaussian());
    return new DirectLogitAttribution(position, direction, random.nextGaussian(), layers);
  }
}
