package dev.limpid.attribution;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.Transformer;
import dev.limpid.model.trace.ForwardTrace;
import dev.limpid.model.trace.LayerTrace;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How much each part of a forward pass contributed to each state it was added to, for all layers
 * and positions (Ferrando and Voita 2024, "Information Flow Routes").
 *
 * <p>The state after attention, y = residMid[q], is a sum of parts: residPre[q], and for every head
 * h and key k &lt;= q the term pattern[h, q, k] value[k] W_O^h. The state after the MLP, y =
 * residPost[t], is residMid[t] + mlpOut[t]. A part z gets
 *
 * <pre>
 *   prox(z, y) = |y|_1 - |y - z|_1
 *   contribution(z) = max(prox, floor) / sum over the parts of y of max(prox, floor)
 * </pre>
 *
 * @param layers one entry per layer
 */
public record Contributions(ContributionOptions options, List<LayerContributions> layers) {

  /** Copies the list. */
  public Contributions {
    layers = List.copyOf(layers);
  }

  /** Computes all layers with the default options. */
  public static Contributions of(Transformer model, ForwardTrace trace) {
    return of(model, trace, ContributionOptions.DEFAULT);
  }

  /** Computes all layers. */
  public static Contributions of(
      Transformer model, ForwardTrace trace, ContributionOptions options) {
    return of(model, trace, options, done -> {});
  }

  /**
   * Computes all layers; the terms of attention are never stored, only their contributions.
   *
   * @param progress told after each layer how many are done
   */
  public static Contributions of(
      Transformer model, ForwardTrace trace, ContributionOptions options, IntConsumer progress) {
    List<LayerContributions> layers = new ArrayList<>();
    for (int l = 0; l < trace.nLayers(); l++) {
      layers.add(ofLayer(model, l, trace.layer(l), options));
      progress.accept(l + 1);
    }
    return new Contributions(options, layers);
  }

  /** Computes one layer. */
  public static LayerContributions ofLayer(
      Transformer model, int layer, LayerTrace trace, ContributionOptions options) {
    BlockWeights block = model.weights().blocks().get(layer);
    boolean separate = options.bias() == BiasOption.SEPARATE;
    TensorOps ops = model.ops();
    int nPositions = trace.residPre().dim(0);

    Tensor residMid = trace.residMid();
    Tensor attention = Tensor.zeros(nPositions * (nPositions + 1) / 2, model.config().nHeads());
    ops.attentionProximity(
        trace.pattern(),
        trace.value(),
        block.attentionOut(),
        block.attentionOutTransposed(),
        residMid,
        attention);
    Tensor attentionResidual = proximity(ops, trace.residPre(), residMid);
    Tensor attentionBias = biasProximity(ops, separate ? block.attentionBias() : null, residMid);

    Tensor residPost = trace.residPost();
    @Nullable Tensor mlpOutBias = separate ? block.down().bias() : null;
    Tensor mlp = proximity(ops, minus(trace.mlpOut(), mlpOutBias), residPost);
    Tensor mlpResidual = proximity(ops, residMid, residPost);
    Tensor mlpBias = biasProximity(ops, mlpOutBias, residPost);

    List<Integer> attentionCancelling = new ArrayList<>();
    List<Integer> mlpCancelling = new ArrayList<>();
    for (int t = 0; t < nPositions; t++) {
      Tensor terms =
          attention.rows(LayerContributions.pair(t, 0), LayerContributions.pair(t + 1, 0));
      List<Tensor> parts =
          List.of(terms, attentionResidual.rows(t, t + 1), attentionBias.rows(t, t + 1));
      boolean biasIsPart = separate && block.attentionBias() != null;
      if (!normalise(biasIsPart ? parts : parts.subList(0, 2), norm(residMid, t), options)) {
        attentionCancelling.add(t);
      }
      parts = List.of(mlp.rows(t, t + 1), mlpResidual.rows(t, t + 1), mlpBias.rows(t, t + 1));
      if (!normalise(
          mlpOutBias == null ? parts.subList(0, 2) : parts, norm(residPost, t), options)) {
        mlpCancelling.add(t);
      }
    }
    return new LayerContributions(
        attention,
        attentionResidual,
        attentionBias,
        unexplained(residMid, trace.residPre(), attentionSum(model, block, trace)),
        mlp,
        mlpResidual,
        mlpBias,
        unexplained(residPost, residMid, trace.mlpOut()),
        attentionCancelling,
        mlpCancelling);
  }

  /**
   * Turns the proximities of one node's parts into contributions, in place; returns false, and
   * leaves all of them 0, if the node is cancelling.
   */
  private static boolean normalise(List<Tensor> parts, double norm, ContributionOptions options) {
    double positive = 0;
    double sum = 0;
    for (Tensor part : parts) {
      float[] values = part.array();
      for (int i = part.offset(); i < part.offset() + part.size(); i++) {
        positive += Math.max(values[i], 0);
        sum += Math.max(values[i], options.floor());
      }
    }
    boolean cancelling = ContributionMeasure.cancelling(positive, norm);
    double scale = cancelling ? 0 : 1 / sum;
    for (Tensor part : parts) {
      float[] values = part.array();
      for (int i = part.offset(); i < part.offset() + part.size(); i++) {
        values[i] = (float) (Math.max(values[i], options.floor()) * scale);
      }
    }
    return !cancelling;
  }

  private static Tensor proximity(TensorOps ops, Tensor part, Tensor whole) {
    Tensor out = Tensor.zeros(whole.dim(0));
    ops.proximity(part, whole, out);
    return out;
  }

  /** The proximity of a constant part; zeros if it is no part. */
  private static Tensor biasProximity(TensorOps ops, @Nullable Tensor bias, Tensor whole) {
    if (bias == null) {
      return Tensor.zeros(whole.dim(0));
    }
    Tensor everywhere = Tensor.zeros(whole.dim(0), whole.dim(1));
    for (int t = 0; t < whole.dim(0); t++) {
      bias.copyTo(0, everywhere.array(), t * whole.dim(1), whole.dim(1));
    }
    return proximity(ops, everywhere, whole);
  }

  private static Tensor minus(Tensor x, @Nullable Tensor bias) {
    if (bias == null) {
      return x;
    }
    float[] difference = x.toFloats();
    for (int i = 0; i < difference.length; i++) {
      difference[i] -= bias.array()[bias.offset() + i % bias.dim(0)];
    }
    return Tensor.of(difference, x.dim(0), x.dim(1));
  }

  /** The sum of all terms of attention and its bias, from pattern and values anew: [T, D]. */
  private static Tensor attentionSum(Transformer model, BlockWeights block, LayerTrace trace) {
    int nPositions = trace.residPre().dim(0);
    Tensor mixed = Tensor.zeros(nPositions, block.attentionOut().inputs());
    model.ops().attend(trace.pattern(), trace.value(), mixed);
    Tensor sum = Tensor.zeros(nPositions, model.config().dModel());
    model.ops().matmul(mixed, block.attentionOut(), block.attentionBias(), sum);
    return sum;
  }

  private static Tensor unexplained(Tensor whole, Tensor residual, Tensor block) {
    int width = whole.dim(1);
    Tensor out = Tensor.zeros(whole.dim(0));
    float[] y = whole.array();
    for (int t = 0; t < whole.dim(0); t++) {
      double rest = 0;
      for (int i = t * width; i < (t + 1) * width; i++) {
        rest +=
            Math.abs(
                (double) y[whole.offset() + i]
                    - residual.array()[residual.offset() + i]
                    - block.array()[block.offset() + i]);
      }
      double norm = norm(whole, t);
      out.array()[t] = norm == 0 ? 0 : (float) (rest / norm);
    }
    return out;
  }

  private static double norm(Tensor x, int t) {
    double norm = 0;
    int width = x.dim(1);
    for (int i = x.offset() + t * width; i < x.offset() + (t + 1) * width; i++) {
      norm += Math.abs(x.array()[i]);
    }
    return norm;
  }
}
