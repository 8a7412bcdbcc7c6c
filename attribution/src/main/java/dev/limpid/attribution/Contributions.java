package dev.limpid.attribution;

import dev.limpid.model.AttentionTerms;
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
 * <p>Where attention and MLP stand side by side, residPost[q] is one sum of residPre[q], the terms,
 * and mlpOut[q]; {@link BlockParts} says what parts are where norms stand behind the blocks.
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
    BlockParts parts = new BlockParts(model, layer, trace);
    boolean separate = options.bias() == BiasOption.SEPARATE;
    TensorOps ops = model.ops();
    int nPositions = trace.residPre().dim(0);
    try (Scope _ = ops.scope()) {
      Tensor whole = parts.attentionWhole();
      AttentionTerms terms = parts.terms();
      Tensor attention = ops.zeros(model.config().nHeads(), nPositions * (nPositions + 1) / 2);
      ops.attentionProximity(terms.weights(), terms.values(), terms.projection(), whole, attention);
      Part residual = Part.of(ops, parts.attentionResidual(), whole);
      Part bias = Part.of(ops, separate ? parts.attentionBias() : null, whole);
      Part attentionChange = Part.ofChange(ops, change.attention(), whole);

      Tensor residPost = trace.residPost();
      @Nullable Tensor mlpBias = separate ? parts.mlpBias() : null;
      Part mlp = Part.of(ops, minus(ops, parts.mlp(), mlpBias), residPost);
      Part ofMlpBias =
          Part.of(ops, separate ? plus(ops, mlpBias, parts.outerBias()) : null, residPost);
      Part mlpChange = Part.ofChange(ops, change.mlp(), residPost);
      Part mlpResidual = Part.of(ops, parts.areOne() ? null : parts.mlpResidual(), residPost);

      List<Part> ofAttention = List.of(residual, bias, attentionChange);
      List<Part> ofMlp = List.of(mlp, mlpResidual, ofMlpBias, mlpChange);
      List<Integer> attentionCancelling = List.of();
      List<Integer> mlpCancelling;
      float floor = (float) options.floor();
      if (parts.areOne()) {
        mlpCancelling = normalise(ops, attention, join(ofAttention, ofMlp), residPost, floor);
      } else {
        attentionCancelling = normalise(ops, attention, ofAttention, whole, floor);
        mlpCancelling = normalise(ops, null, ofMlp, residPost, floor);
      }
      return new LayerContributions(
          attention.toHeap(),
          new NodeShares(
              parts.areOne(),
              residual.shares(),
              bias.shares(),
              attentionChange.shares(),
              mlp.shares(),
              mlpResidual.shares(),
              ofMlpBias.shares(),
              mlpChange.shares(),
              attentionCancelling,
              mlpCancelling));
    }
  }

  /**
   * A part of a state.
   *
   * @param proximities [T], which become shares; zeros of what is no part
   * @param isThere whether it is one
   */
  private record Part(Tensor proximities, boolean isThere) {
    static Part of(TensorOps ops, @Nullable Tensor part, Tensor whole) {
      if (part == null) {
        return new Part(ops.zeros(whole.dim(0)), false);
      }
      Tensor out = ops.zeros(whole.dim(0));
      ops.proximity(part, whole, out);
      return new Part(out, true);
    }

    /** What was changed; where nothing was, zeros that a device need not send. */
    static Part ofChange(TensorOps ops, @Nullable Tensor change, Tensor whole) {
      return change == null ? new Part(Tensor.zeros(whole.dim(0)), false) : of(ops, change, whole);
    }

    Tensor shares() {
      return proximities.toHeap();
    }
  }

  private static List<Part> join(List<Part> some, List<Part> others) {
    List<Part> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  /** Makes shares of the parts of a state; returns the positions where they only cancel. */
  private static List<Integer> normalise(
      TensorOps ops, @Nullable Tensor terms, List<Part> parts, Tensor whole, float floor) {
    List<Tensor> others = parts.stream().filter(Part::isThere).map(Part::proximities).toList();
    boolean[] cancelling = new boolean[whole.dim(0)];
    ops.normaliseParts(terms, others, whole, floor, cancelling);
    return positions(cancelling);
  }

  private static List<Integer> positions(boolean[] which) {
    return IntStream.range(0, which.length).filter(t -> which[t]).boxed().toList();
  }

  private static Tensor minus(TensorOps ops, Tensor x, @Nullable Tensor bias) {
    if (bias == null) {
      return x;
    }
    Tensor out = ops.zeros(x.dim(0), x.dim(1));
    ops.subtract(x, bias, out);
    return out;
  }

  private static @Nullable Tensor plus(TensorOps ops, @Nullable Tensor a, @Nullable Tensor b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    Tensor out = ops.zeros(a.dim(0), a.dim(1));
    ops.add(a, b, out);
    return out;
  }
}
