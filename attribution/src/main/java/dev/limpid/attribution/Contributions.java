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
import java.util.stream.IntStream;
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

    boolean attentionBiasIsPart = separate && block.attentionBias() != null;
    boolean[] attentionCancelling = new boolean[nPositions];
    boolean[] mlpCancelling = new boolean[nPositions];
    ops.forEach(
        nPositions,
        t -> {
          Tensor terms =
              attention.rows(LayerContributions.pair(t, 0), LayerContributions.pair(t + 1, 0));
          List<Tensor> parts =
              List.of(terms, attentionResidual.rows(t, t + 1), attentionBias.rows(t, t + 1));
          attentionCancelling[t] =
              !normalise(parts.subList(0, attentionBiasIsPart ? 3 : 2), norm(residMid, t), options);
          parts = List.of(mlp.rows(t, t + 1), mlpResidual.rows(t, t + 1), mlpBias.rows(t, t + 1));
          mlpCancelling[t] =
              !normalise(parts.subList(0, mlpOutBias == null ? 2 : 3), norm(residPost, t), options);
        });
    return new LayerContributions(
        attention,
        attentionResidual,
        attentionBias,
        mlp,
        mlpResidual,
        mlpBias,
        positions(attentionCancelling),
        positions(mlpCancelling));
  }

  private static List<Integer> positions(boolean[] which) {
    return IntStream.range(0, which.length).filter(t -> which[t]).boxed().toList();
  }

  /**
   * Turns the proximities of one node's parts into contributions, in place; returns false, and
   * leaves all of them 0, if the node is cancelling.
   */
  private static boolean normalise(List<Tensor> parts, double norm, ContributionOptions options) {
    float floor = (float) options.floor();
    double positive = 0;
    double sum = 0;
    for (Tensor part : parts) {
      positive += sumAbove(part, 0);
      sum += floor == 0 ? 0 : sumAbove(part, floor);
    }
    boolean cancelling = ContributionMeasure.cancelling(positive, norm);
    float scale = cancelling ? 0 : (float) (1 / (floor == 0 ? positive : sum));
    for (Tensor part : parts) {
      float[] values = part.array();
      int end = part.offset() + Math.toIntExact(part.size());
      for (int i = part.offset(); i < end; i++) {
        values[i] = Math.max(values[i], floor) * scale;
      }
    }
    return !cancelling;
  }

  /** Returns the sum of max(x, floor), in four sums that do not wait for each other. */
  private static double sumAbove(Tensor x, float floor) {
    float[] values = x.array();
    int end = x.offset() + Math.toIntExact(x.size());
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = x.offset();
    for (; i < end - 3; i += 4) {
      a += Math.max(values[i], floor);
      b += Math.max(values[i + 1], floor);
      c += Math.max(values[i + 2], floor);
      d += Math.max(values[i + 3], floor);
    }
    for (; i < end; i++) {
      a += Math.max(values[i], floor);
    }
    return (a + b) + (c + d);
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

  private static double norm(Tensor x, int t) {
    double norm = 0;
    float[] values = x.array();
    int width = x.dim(1);
    int first = x.offset() + t * width;
    for (int i = first; i < first + width; i++) {
      norm += Math.abs(values[i]);
    }
    return norm;
  }
}
