package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.model.BlockWeights;
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

  @Property(tries = 60)
  void partsAndBiasSumToTheBlocksOutput(@ForAll("cases") PromptCase c) {
    ForwardTrace trace = c.model().trace(c.tokens(), TraceDetail.FULL);
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerTrace layer = trace.layer(l);
      BlockWeights block = c.model().weights().block(l);
      Tensor heads = c.model().headOut(l, layer);
      float[] sum = new float[(int) layer.attnOut().size()];
      for (int i = 0; i < sum.length; i++) {
        double parts = block.attentionBias() == null ? 0 : bias(block.attentionBias(), i);
        for (int h = 0; h < heads.dim(0); h++) {
          parts += heads.array()[h * sum.length + i];
        }
        sum[i] = (float) parts;
      }
      assertSame(sum, layer.attnOut().toFloats());

      Tensor neurons = Tensor.zeros(layer.mlpOut().dim(0), layer.mlpOut().dim(1));
      for (int n = 0; n < c.model().config().dMlp(); n++) {
        Tensor one = Tensor.zeros(neurons.dim(0), 1);
        Tensor out = Tensor.zeros(neurons.dim(0), neurons.dim(1));
        for (int t = 0; t < neurons.dim(0); t++) {
          one.array()[t] = layer.neuronPost().get(t, n);
        }
        MlpWeights.Dense dense = (MlpWeights.Dense) block.mlp();
        c.model().ops().matmul(one, dense.down().weight().inputs(n, n + 1), null, out);
        c.model().ops().add(neurons, out, neurons);
      }
      float[] mlp = neurons.toFloats();
      Tensor downBias = block.mlp().bias();
      for (int i = 0; i < mlp.length; i++) {
        mlp[i] += downBias == null ? 0 : bias(downBias, i);
      }
      assertSame(mlp, layer.mlpOut().toFloats());
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
          assertThat(sum).isCloseTo(1, within(SUM));
        }
      }
    }
  }

  /** All terms of one attention node written out, by the formula for a single node. */
  private static double[] bruteForce(Transformer model, int layer, LayerTrace trace, int q) {
    BlockWeights block = model.weights().block(layer);
    int dHead = model.config().dHead();
    int group = model.config().nHeads() / model.config().nKvHeads();
    List<float[]> parts = new ArrayList<>();
    parts.add(trace.residPre().row(q).toFloats());
    for (int k = 0; k <= q; k++) {
      for (int h = 0; h < model.config().nHeads(); h++) {
        Tensor term = Tensor.zeros(1, model.config().dModel());
        model
            .ops()
            .matmul(
                trace.value().row(h / group).rows(k, k + 1),
                block.attentionOut().inputs(h * dHead, (h + 1) * dHead),
                null,
                term);
        for (int i = 0; i < term.size(); i++) {
          term.array()[i] *= trace.pattern().get(h, q, k);
        }
        parts.add(term.array());
      }
    }
    return ContributionMeasure.L1.contributions(parts, trace.residMid().row(q).toFloats(), 0);
  }

  private static float bias(Tensor bias, int i) {
    return bias.array()[bias.offset() + i % bias.dim(0)];
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
