package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.TraceDetail;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Heads and neurons of one block, on random prompts of every golden model. */
class ComponentProperties {
  /** Between two evaluations of the same formula from the same float32 trace. */
  private static final double AGAINST_BRUTE_FORCE = 1e-5;

  /** Float32 rounding of the states that signed scores are shares of. */
  private static final double SUM = 1e-4;

  @Provide
  Arbitrary<PromptCase> cases() {
    return PromptCase.any();
  }

  @Property(tries = 60)
  void neuronsEqualBruteForce(@ForAll("cases") PromptCase c, @ForAll BiasOption bias) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.FULL);
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      int t = c.tokens().size() - 1;
      BlockWeights block = c.model().weights().block(l);
      BlockParts of = new BlockParts(c.model(), l, layer);
      if (!(block.mlp() instanceof MlpWeights.Dense mlp)) {
        neuronsOfExpertsSumToTheLayer(of, bias, t);
        continue;
      }
      @Nullable Tensor downBias = AddedBiases.of(c.model(), l, layer, t).mlp();
      @Nullable Tensor outer = of.outerBias();
      if (downBias != null && outer != null) {
        c.model().ops().add(downBias, outer.row(t), downBias);
      }
      List<float[]> parts = new ArrayList<>();
      parts.add(of.mlpResidual().row(t).toFloats());
      parts.add(
          bias == BiasOption.SEPARATE && downBias != null
              ? downBias.toFloats()
              : new float[c.model().config().dModel()]);
      for (int n = 0; n < c.model().config().dMlp(); n++) {
        Tensor part = Tensor.zeros(1, c.model().config().dModel());
        Tensor activation = Tensor.of(new float[] {layer.neuronPost().get(t, n)}, 1, 1);
        c.model().ops().matmul(activation, mlp.down().weight().inputs(n, n + 1), null, part);
        parts.add(of.behindMlp(part, t).toFloats());
      }
      double[] brute =
          ContributionMeasure.L1.contributions(parts, layer.residPost().row(t).toFloats(), 0);

      NeuronContributions fast =
          NeuronContributions.of(c.model(), l, layer, new ContributionOptions(bias, 0), t);

      assertThat(fast.residual()).isCloseTo(brute[0], within(AGAINST_BRUTE_FORCE));
      assertThat(fast.bias()).isCloseTo(brute[1], within(AGAINST_BRUTE_FORCE));
      assertThat(fast.unexplained()).isBetween(0.0, SUM);
      for (int n = 0; n < c.model().config().dMlp(); n++) {
        assertThat((double) fast.neurons().get(n))
            .as("neuron %d.%d", l, n)
            .isCloseTo(brute[2 + n], within(AGAINST_BRUTE_FORCE));
        assertThat(fast.activations().get(n)).isEqualTo(layer.neuronPost().get(t, n));
        assertThat(fast.update(c.model(), layer, n).toFloats()).isEqualTo(parts.get(2 + n));
      }
      List<Integer> top = fast.top(5);
      for (int i = 1; i < top.size(); i++) {
        assertThat(fast.neurons().get(top.get(i)))
            .isLessThanOrEqualTo(fast.neurons().get(top.get(i - 1)));
      }
    }
  }

  /** Of experts, the shares of all neurons and of the residual sum to 1. */
  private static void neuronsOfExpertsSumToTheLayer(BlockParts of, BiasOption bias, int t) {
    NeuronContributions all =
        NeuronContributions.of(
            of.model(), of.layer(), of.trace(), new ContributionOptions(bias, 0), t);
    double sum = all.residual() + all.bias();
    for (float neuron : all.neurons().toFloats()) {
      sum += neuron;
    }
    assertThat(sum).isCloseTo(all.cancelling() ? 0 : 1, within(SUM));
    assertThat(all.unexplained()).isBetween(0.0, SUM);
  }

  @Property(tries = 60)
  void keysOfAHeadAddUpToTheHead(@ForAll("cases") PromptCase c) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.RESIDUALS);
    int q = c.tokens().size() - 1;
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      HeadContributions all = heads(c, l, layer, q, null);
      double[] contributions = new double[all.heads().size()];
      double[] signed = new double[all.heads().size()];
      double[] attention = new double[all.heads().size()];
      for (int k = 0; k <= q; k++) {
        for (HeadContribution head : heads(c, l, layer, q, k).heads()) {
          contributions[head.head()] += head.contribution();
          signed[head.head()] += head.signed();
          attention[head.head()] += head.attention();
          assertThat(head.attention()).isEqualTo(layer.pattern().get(head.head(), q, k));
        }
      }
      for (HeadContribution head : all.heads()) {
        assertThat(head.contribution()).isCloseTo(contributions[head.head()], within(1e-12));
        assertThat(head.signed()).isCloseTo(signed[head.head()], within(1e-9));
        boolean sinks = c.model().config().attention().scores().sinks();
        double mass = attention[head.head()];
        assertThat(mass).isCloseTo(sinks ? Math.min(mass, 1) : 1, within(SUM));
      }
    }
  }

  /** sum over the parts of y of sign(y) . z = |y|_1. */
  @Property(tries = 60)
  void signedScoresOfAllPartsAreSharesOfOne(@ForAll("cases") PromptCase c) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.RESIDUALS);
    int q = c.tokens().size() - 1;
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      BlockParts of = new BlockParts(c.model(), l, layer);
      @Nullable Tensor bias = of.attentionBias();
      Tensor whole = of.attentionWhole();
      Tensor residual = of.attentionResidual();
      double norm = 0;
      double rest = 0;
      for (int i = 0; i < c.model().config().dModel(); i++) {
        float y = whole.get(q, i);
        norm += Math.abs(y);
        double others = residual.get(q, i) + (bias == null ? 0.0 : bias.get(q, i));
        others += of.areOne() ? of.mlp().get(q, i) : 0;
        rest += y >= 0 ? others : -others;
      }
      double heads =
          heads(c, l, layer, q, null).heads().stream().mapToDouble(HeadContribution::signed).sum();
      if (norm == 0) { // a state of zeros has no shares, and no NaN either
        assertThat(heads).isZero();
        continue;
      }
      // Where parts cancel, the sum is small beside its terms.
      assertThat(heads + rest / norm)
          .isCloseTo(1, within(SUM * Math.max(1, Math.abs(rest) / norm)));
    }
  }

  private static HeadContributions heads(
      PromptCase c, int l, LayerTrace layer, int q, @Nullable Integer k) {
    return HeadContributions.of(c.model(), l, layer, ContributionOptions.DEFAULT, q, k);
  }
}
