package dev.limpid.attribution;

import dev.limpid.model.AttentionTerms;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionBlock;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
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

  /**
   * Computes one layer of some prompts where the model computes, and brings to the heap what is
   * above a threshold. What comes of a prompt does not depend on the others.
   *
   * @param traces of that layer of runs without interventions, not modified
   * @param threshold for what a key gave a query through all heads
   */
  public static List<ContributionsAbove> above(
      Transformer model,
      int layer,
      List<LayerTrace> traces,
      ContributionOptions options,
      float threshold) {
    return ofLayers(
        model,
        layer,
        traces,
        options,
        ChangeParts.NONE,
        (attention, shares) ->
            new ContributionsAbove(
                attention.dim(0), model.ops().keysAbove(attention, threshold), shares));
  }

  private static LayerContributions ofLayer(
      Transformer model,
      int layer,
      LayerTrace trace,
      ContributionOptions options,
      ChangeParts change) {
    return ofLayers(
            model,
            layer,
            List.of(trace),
            options,
            change,
            (attention, shares) -> new LayerContributions(attention.toHeap(), shares))
        .getFirst();
  }

  private static <R> List<R> ofLayers(
      Transformer model,
      int layer,
      List<LayerTrace> traces,
      ContributionOptions options,
      ChangeParts change,
      BiFunction<Tensor, NodeShares, R> home) {
    TensorOps ops = model.ops();
    try (Scope _ = ops.scope()) {
      List<BlockParts> parts =
          traces.stream().map(trace -> new BlockParts(model, layer, trace)).toList();
      List<AttentionTerms> terms = parts.stream().map(BlockParts::terms).toList();
      List<AttentionBlock> blocks = new ArrayList<>();
      for (int i = 0; i < traces.size(); i++) {
        AttentionTerms of = terms.get(i);
        int nPositions = traces.get(i).residPre().dim(0);
        Tensor out = ops.zeros(of.weights().dim(0), nPositions * (nPositions + 1) / 2);
        blocks.add(
            new AttentionBlock(of.weights(), of.values(), parts.get(i).attentionWhole(), out));
      }
      ops.attentionProximity(blocks, terms.getFirst().projection());
      List<@Nullable R> all = new ArrayList<>(Collections.nCopies(traces.size(), null));
      ops.pieces(
          traces.size(),
          i -> all.set(i, ofLayer(ops, parts.get(i), blocks.get(i), options, change, home)));
      return all.stream().map(Objects::requireNonNull).toList();
    }
  }

  private static <R> R ofLayer(
      TensorOps ops,
      BlockParts parts,
      AttentionBlock block,
      ContributionOptions options,
      ChangeParts change,
      BiFunction<Tensor, NodeShares, R> home) {
    boolean separate = options.bias() == BiasOption.SEPARATE;
    LayerTrace trace = parts.trace();
    int nPositions = trace.residPre().dim(0);
    try (Scope _ = ops.scope()) {
      Tensor whole = block.whole();
      Tensor attention = block.out();
      PartRows rows = new PartRows(ops, nPositions);
      PartRows.Part residual = rows.add(parts.attentionResidual(), whole);
      PartRows.Part bias = rows.add(separate ? parts.attentionBias() : null, whole);
      PartRows.Part attentionChange = rows.add(change.attention(), whole);

      Tensor residPost = trace.residPost();
      @Nullable Tensor mlpBias = separate ? parts.mlpBias() : null;
      PartRows.Part mlp = rows.add(minus(ops, parts.mlp(), mlpBias), residPost);
      PartRows.Part ofMlpBias =
          rows.add(separate ? plus(ops, mlpBias, parts.outerBias()) : null, residPost);
      PartRows.Part mlpChange = rows.add(change.mlp(), residPost);
      PartRows.Part mlpResidual = rows.add(parts.areOne() ? null : parts.mlpResidual(), residPost);

      List<PartRows.Part> ofAttention = List.of(residual, bias, attentionChange);
      List<PartRows.Part> ofMlp = List.of(mlp, mlpResidual, ofMlpBias, mlpChange);
      PartRows.Part attentionCancelling = rows.flags();
      PartRows.Part mlpCancelling = rows.flags();
      float floor = (float) options.floor();
      if (parts.areOne()) {
        rows.normalise(attention, join(ofAttention, ofMlp), residPost, floor, mlpCancelling);
      } else {
        rows.normalise(attention, ofAttention, whole, floor, attentionCancelling);
        rows.normalise(null, ofMlp, residPost, floor, mlpCancelling);
      }
      Tensor shares = rows.toHeap();
      return home.apply(
          attention,
          new NodeShares(
              parts.areOne(),
              residual.of(shares),
              bias.of(shares),
              attentionChange.of(shares),
              mlp.of(shares),
              mlpResidual.of(shares),
              ofMlpBias.of(shares),
              mlpChange.of(shares),
              positions(attentionCancelling.of(shares)),
              positions(mlpCancelling.of(shares))));
    }
  }

  private static List<PartRows.Part> join(List<PartRows.Part> some, List<PartRows.Part> others) {
    List<PartRows.Part> all = new ArrayList<>(some);
    all.addAll(others);
    return all;
  }

  private static List<Integer> positions(Tensor flags) {
    return IntStream.range(0, flags.dim(0)).filter(t -> flags.get(t) != 0).boxed().toList();
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
