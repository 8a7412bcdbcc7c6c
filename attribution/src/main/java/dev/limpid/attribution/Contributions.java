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
 * <p>What an intervention put into a state is one more part of it, its change.
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
      try (Scope _ = model.ops().scope()) {
        LayerTrace states = trace.layer(l);
        ChangeParts change = ChangeParts.of(model, l, states, trace.interventions());
        layers.add(ofLayer(model, l, states, options, change));
      }
      progress.accept(l + 1);
    }
    return new Contributions(options, layers);
  }

  /**
   * Computes one layer where the model computes, and brings the result to the heap.
   *
   * @param trace of that layer of a run without interventions, not modified
   */
  public static LayerContributions ofLayer(
      Transformer model, int layer, LayerTrace trace, ContributionOptions options) {
    return ofLayer(model, layer, trace, options, ChangeParts.NONE);
  }

  private static LayerContributions ofLayer(
      Transformer model,
      int layer,
      LayerTrace trace,
      ContributionOptions options,
      ChangeParts change) {
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
      Tensor attentionChange = changeProximity(ops, change.attention(), residMid);
      List<Tensor> attentionParts = new ArrayList<>(List.of(attentionResidual));
      addIfPart(attentionOutBias, attentionBias, attentionParts);
      addIfPart(change.attention(), attentionChange, attentionParts);
      ops.normaliseParts(attention, attentionParts, residMid, floor, attentionCancelling);

      Tensor residPost = trace.residPost();
      Tensor mlp = proximity(ops, minus(ops, trace.mlpOut(), mlpOutBias), residPost);
      Tensor mlpResidual = proximity(ops, residMid, residPost);
      Tensor mlpBias = biasProximity(ops, mlpOutBias, residPost);
      Tensor mlpChange = changeProximity(ops, change.mlp(), residPost);
      List<Tensor> mlpParts = new ArrayList<>(List.of(mlp, mlpResidual));
      addIfPart(mlpOutBias, mlpBias, mlpParts);
      addIfPart(change.mlp(), mlpChange, mlpParts);
      ops.normaliseParts(null, mlpParts, residPost, floor, mlpCancelling);

      return new LayerContributions(
          attention.toHeap(),
          new NodeShares(
              attentionResidual.toHeap(),
              attentionBias.toHeap(),
              attentionChange.toHeap(),
              mlp.toHeap(),
              mlpResidual.toHeap(),
              mlpBias.toHeap(),
              mlpChange.toHeap(),
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

  /** The proximity of what was changed; where nothing was, zeros that a device need not send. */
  private static Tensor changeProximity(TensorOps ops, @Nullable Tensor change, Tensor whole) {
    return change == null ? Tensor.zeros(whole.dim(0)) : proximity(ops, change, whole);
  }

  /** Adds the proximities of a part that there is. */
  private static void addIfPart(
      @Nullable Tensor part, Tensor proximities, List<Tensor> proximitiesOfParts) {
    if (part != null) {
      proximitiesOfParts.add(proximities);
    }
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
