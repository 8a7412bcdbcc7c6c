package dev.limpid.attribution;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
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
   * @param trace of a run without interventions: states that were changed have parts of no name
   * @param progress told after each layer how many are done
   */
  public static Contributions of(
      Transformer model, ForwardTrace trace, ContributionOptions options, IntConsumer progress) {
    trace.requireUnchanged("contributions");
    List<LayerContributions> layers = new ArrayList<>();
    for (int l = 0; l < trace.nLayers(); l++) {
      layers.add(ofLayer(model, l, trace.layer(l), options));
      progress.accept(l + 1);
    }
    return new Contributions(options, layers);
  }

  /**
   * Computes one layer where the model computes, and brings the result to the heap.
   *
   * @param trace of that layer, not modified
   */
  public static LayerContributions ofLayer(
      Transformer model, int layer, LayerTrace trace, ContributionOptions options) {
    BlockWeights block = model.weights().block(layer);
    boolean separate = options.bias() == BiasOption.SEPARATE;
    @Nullable Tensor attentionOutBias = separate ? block.attentionBias() : null;
    @Nullable Tensor mlpOutBias = separate ? block.down().bias() : null;
    TensorOps ops = model.ops();
    int nPositions = trace.residPre().dim(0);
    float floor = (float) options.floor();
    boolean[] attentionCancelling = new boolean[nPositions];
    boolean[] mlpCancelling = new boolean[nPositions];
    try (Scope _ = ops.scope()) {
      Tensor residMid = trace.residMid();
      Tensor attention = ops.zeros(model.config().nHeads(), nPositions * (nPositions + 1) / 2);
      ops.attentionProximity(
          trace.pattern(), trace.value(), block.attentionOut(), residMid, attention);
      Tensor attentionResidual = proximity(ops, trace.residPre(), residMid);
      Tensor attentionBias = biasProximity(ops, attentionOutBias, residMid);
      List<Tensor> besideTerms = List.of(attentionResidual, attentionBias);
      List<Tensor> attentionParts = besideTerms.subList(0, attentionOutBias == null ? 1 : 2);
      ops.normaliseParts(attention, attentionParts, residMid, floor, attentionCancelling);

      Tensor residPost = trace.residPost();
      Tensor mlp = proximity(ops, minus(ops, trace.mlpOut(), mlpOutBias), residPost);
      Tensor mlpResidual = proximity(ops, residMid, residPost);
      Tensor mlpBias = biasProximity(ops, mlpOutBias, residPost);
      List<Tensor> mlpParts =
          List.of(mlp, mlpResidual, mlpBias).subList(0, mlpOutBias == null ? 2 : 3);
      ops.normaliseParts(null, mlpParts, residPost, floor, mlpCancelling);

      return new LayerContributions(
          attention.toHeap(),
          new NodeShares(
              attentionResidual.toHeap(),
              attentionBias.toHeap(),
              mlp.toHeap(),
              mlpResidual.toHeap(),
              mlpBias.toHeap(),
              positions(attentionCancelling),
              positions(mlpCancelling)));
    }
  }

  private static List<Integer> positions(boolean[] which) {
    return IntStream.range(0, which.length).filter(t -> which[t]).boxed().toList();
  }

  private static Tensor proximity(TensorOps ops, Tensor part, Tensor whole) {
    Tensor out = ops.zeros(whole.dim(0));
    ops.proximity(part, whole, out);
    return out;
  }

  /** The proximity of a constant part; zeros if it is no part. */
  private static Tensor biasProximity(TensorOps ops, @Nullable Tensor bias, Tensor whole) {
    return bias == null
        ? ops.zeros(whole.dim(0))
        : proximity(ops, everywhere(ops, bias, whole.dim(0)), whole);
  }

  private static Tensor minus(TensorOps ops, Tensor x, @Nullable Tensor bias) {
    if (bias == null) {
      return x;
    }
    Tensor out = ops.zeros(x.dim(0), x.dim(1));
    ops.subtract(x, everywhere(ops, bias, x.dim(0)), out);
    return out;
  }

  /** Returns a bias [D] in n rows. */
  private static Tensor everywhere(TensorOps ops, Tensor bias, int n) {
    Tensor rows = ops.zeros(n, bias.dim(0));
    ops.embed(bias.reshape(1, bias.dim(0)), new int[n], rows);
    return rows;
  }
}
