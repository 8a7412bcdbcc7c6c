package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.AttentionTerms;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.MlpWeights;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** The identities of docs/mathematics.md, on random prompts of every golden model. */
class ContributionsProperties {
  /** Float32 rounding of sums of up to a hundred shares. */
  private static final double SUM = 1e-5;

  /** Between two evaluations of the same formula from the same float32 trace. */
  private static final double FAST_AGAINST_BRUTE_FORCE = 1e-5;

  /** Float32 rounding of a sum of terms, relative to its largest component. */
  private static final double IDENTITY = 2e-5;

  @Provide
  Arbitrary<PromptCase> cases() {
    return PromptCase.any();
  }

  /** Whatever stands behind the blocks, the parts with their biases are the state. */
  @Property(tries = 60)
  void partsAndBiasesSumToTheState(@ForAll("cases") PromptCase c) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.FULL);
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      BlockParts parts = new BlockParts(c.model(), l, layer);
      float[] sum = parts.attentionResidual().toFloats().clone();
      Tensor heads = parts.terms().byHead(c.model().ops());
      for (int h = 0; h < heads.dim(0); h++) {
        add(heads.row(h), sum);
      }
      add(parts.attentionBias(), sum);
      if (parts.areOne()) {
        add(parts.mlp(), sum);
      }
      assertSame(sum, parts.attentionWhole().toFloats());
      if (!parts.areOne()) {
        float[] post = parts.mlpResidual().toFloats().clone();
        add(parts.mlp(), post);
        add(parts.outerBias(), post);
        assertSame(post, layer.residPost().toFloats());
      }
    }
  }

  /** A head's output and beta are what attention adds; neurons and b_out are what the MLP gives. */
  @Property(tries = 60)
  void headsAndNeuronsSumToTheBlocksOutput(@ForAll("cases") PromptCase c) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.FULL);
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      BlockParts parts = new BlockParts(c.model(), l, layer);
      if (!c.model().config().residual().normsSums()) {
        float[] sum = new float[(int) layer.attnOut().size()];
        Tensor heads = c.model().headOut(l, layer);
        for (int h = 0; h < heads.dim(0); h++) {
          add(heads.row(h), sum);
        }
        add(parts.attentionBias(), sum);
        assertSame(sum, layer.attnOut().toFloats());
      }
      if (c.model().weights().block(l).mlp() instanceof MlpWeights.Dense dense) {
        int n = layer.mlpOut().dim(0);
        Tensor neurons = Tensor.zeros(n, layer.mlpOut().dim(1));
        c.model().ops().matmul(layer.neuronPost(), dense.down().weight(), null, neurons);
        float[] sum = new float[(int) neurons.size()];
        for (int t = 0; t < n; t++) {
          Tensor row = parts.behindMlp(neurons.rows(t, t + 1), t);
          System.arraycopy(row.toFloats(), 0, sum, t * row.dim(1), row.dim(1));
        }
        add(parts.mlpBias(), sum);
        assertSame(sum, parts.mlp().toFloats());
      }
    }
  }

  private static void add(@Nullable Tensor x, float[] sum) {
    float[] values = x == null ? new float[sum.length] : x.toFloats();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
  }

  @Property(tries = 60)
  void contributionsAreSharesOfOne(@ForAll("cases") PromptCase c, @ForAll BiasOption bias) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.RESIDUALS);
    for (LayerContributions layer :
        Contributions.of(c.model(), trace, new ContributionOptions(bias, 0)).layers()) {
      for (int t = 0; t < layer.nPositions(); t++) {
        double attention =
            layer.shares().attentionResidual().get(t) + layer.shares().attentionBias().get(t);
        for (int k = 0; k <= t; k++) {
          for (int h = 0; h < layer.nHeads(); h++) {
            assertThat(layer.attention(t, k, h)).isBetween(0f, 1f);
            attention += layer.attention(t, k, h);
          }
        }
        double mlp =
            layer.shares().mlp().get(t)
                + layer.shares().mlpResidual().get(t)
                + layer.shares().mlpBias().get(t);
        if (layer.shares().oneNode()) {
          assertThat(attention + mlp)
              .isCloseTo(layer.shares().mlpCancelling().contains(t) ? 0 : 1, within(SUM));
          continue;
        }
        assertThat(attention)
            .isCloseTo(layer.shares().attentionCancelling().contains(t) ? 0 : 1, within(SUM));
        assertThat(mlp).isCloseTo(layer.shares().mlpCancelling().contains(t) ? 0 : 1, within(SUM));
      }
    }
  }

  @Property(tries = 60)
  void fastEvaluationEqualsBruteForce(@ForAll("cases") PromptCase c) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.FULL);
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      LayerContributions fast =
          Contributions.ofLayer(c.model(), l, layer, ContributionOptions.DEFAULT);
      for (int q = 0; q < trace.nPositions(); q++) {
        double[] brute = bruteForce(c.model(), l, layer, q);
        assertThat((double) fast.shares().attentionResidual().get(q))
            .isCloseTo(brute[0], within(FAST_AGAINST_BRUTE_FORCE));
        for (int k = 0; k <= q; k++) {
          for (int h = 0; h < fast.nHeads(); h++) {
            assertThat((double) fast.attention(q, k, h))
                .isCloseTo(brute[1 + k * fast.nHeads() + h], within(FAST_AGAINST_BRUTE_FORCE));
          }
        }
      }
    }
  }

  @Property(tries = 60)
  void patternRowsSumToOne(@ForAll("cases") PromptCase c) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.FULL);
    for (int l = 0; l < trace.nLayers(); l++) {
      Tensor pattern = trace.layer(l).pattern();
      for (int h = 0; h < pattern.dim(0); h++) {
        for (int q = 0; q < pattern.dim(1); q++) {
          double sum = 0;
          for (int k = 0; k < pattern.dim(2); k++) {
            assertThat(pattern.get(h, q, k)).isBetween(0f, k <= q ? 1f : 0f);
            sum += pattern.get(h, q, k);
          }
          boolean sinks = c.model().config().attention().scores().sinks();
          assertThat(sum).isCloseTo(sinks ? Math.min(sum, 1) : 1, within(SUM));
        }
      }
    }
  }

  /** All terms of one attention node written out, by the formula for a single node. */
  private static double[] bruteForce(Transformer model, int layer, LayerTrace trace, int q) {
    BlockParts of = new BlockParts(model, layer, trace);
    AttentionTerms terms = of.terms();
    int dHead = model.config().dHead();
    int group = model.config().nHeads() / model.config().nKvHeads();
    List<float[]> parts = new ArrayList<>();
    parts.add(of.attentionResidual().row(q).toFloats());
    for (int k = 0; k <= q; k++) {
      for (int h = 0; h < model.config().nHeads(); h++) {
        Tensor term = Tensor.zeros(1, model.config().dModel());
        model
            .ops()
            .matmul(
                terms.values().row(h / group).rows(k, k + 1),
                terms.projection().inputs(h * dHead, (h + 1) * dHead),
                null,
                term);
        for (int i = 0; i < term.size(); i++) {
          term.array()[i] *= terms.weights().get(h, q, k);
        }
        parts.add(term.array());
      }
    }
    if (of.areOne()) {
      parts.add(of.mlp().row(q).toFloats());
    }
    float[] whole = of.attentionWhole().row(q).toFloats();
    return ContributionMeasure.L1.contributions(parts, whole, 0);
  }

  private static void assertSame(float[] actual, float[] expected) {
    double largest = 1e-30;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(IDENTITY * largest));
    }
  }
}
