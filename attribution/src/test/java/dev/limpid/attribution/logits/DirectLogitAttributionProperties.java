package dev.limpid.attribution.logits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.PromptCase;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.tensor.Tensor;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for the parts of any logit, on random prompts of every golden model. */
class DirectLogitAttributionProperties {
  /** Absolute: float32 rounding of states and logits. */
  private static final double TOLERANCE = 1e-4;

  @Provide
  Arbitrary<PromptCase> cases() {
    return PromptCase.any();
  }

  @Property(tries = 100)
  void partsSumToTheLogit(
      @ForAll("cases") PromptCase c, @ForAll int seed, @ForAll boolean compared) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.RESIDUALS);
    int t = Math.floorMod(seed, c.tokens().size());
    int answer = Math.floorMod(seed / 7, c.model().config().dVocab());
    int distractor = Math.floorMod(seed / 77, c.model().config().dVocab());
    Tensor logits = trace.logitsBeforeCap(t);
    double expected = logits.get(answer) - (compared ? logits.get(distractor) : 0);

    DirectLogitAttribution attribution =
        DirectLogitAttribution.of(c.model(), trace, t, answer, compared ? distractor : null);

    assertThat(attribution.sum()).isCloseTo(expected, within(TOLERANCE));
  }

  @Property(tries = 60)
  void headsAreTheirUpdatesAlongTheDirection(@ForAll("cases") PromptCase c) {
    if (c.model().config().residual().normsSums()) {
      return; // the direction is another one in each layer
    }
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.RESIDUALS);
    int t = c.tokens().size() - 1;

    DirectLogitAttribution attribution =
        DirectLogitAttribution.of(c.model(), trace, t, 0, c.model().config().dVocab() - 1);

    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      LayerLogits logits = attribution.layers().get(l);
      Tensor headOut = c.model().headOut(l, layer);
      for (int h = 0; h < logits.nHeads(); h++) {
        assertThat(logits.head(h))
            .isCloseTo(attribution.direction().along(headOut.row(h).row(t)), within(TOLERANCE));
      }
      assertThat(logits.heads() + logits.attentionBias())
          .isCloseTo(attribution.direction().along(layer.attnOut().row(t)), within(TOLERANCE));
    }
  }
}
