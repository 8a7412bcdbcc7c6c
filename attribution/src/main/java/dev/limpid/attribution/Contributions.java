package dev.limpid.attribution;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
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
  private static final Tensor NO_TERMS = Tensor.zeros(0, 0);

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
    Tensor attention = Tensor.zeros(model.config().nHeads(), nPositions * (nPositions + 1) / 2);
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
    List<Tensor> besideTerms = List.of(attentionResidual, attentionBias);
    List<Tensor> mlpParts = List.of(mlp, mlpResidual, mlpBias);
    NodeParts attentionNodes =
        new NodeParts(attention, besideTerms.subList(0, attentionBiasIsPart ? 2 : 1), residMid);
    NodeParts mlpNodes =
        new NodeParts(NO_TERMS, mlpParts.subList(0, mlpOutBias == null ? 2 : 3), residPost);
    boolean[] attentionCancelling = new boolean[nPositions];
    boolean[] mlpCancelling = new boolean[nPositions];
    float floor = (float) options.floor();
    ops.forEach(
        nPositions,
        t -> {
          attentionCancelling[t] = !attentionNodes.normalise(t, floor);
          mlpCancelling[t] = !mlpNodes.normalise(t, floor);
        });
    return new LayerContributions(
        attention,
        new NodeShares(
            attentionResidual,
            attentionBias,
            mlp,
            mlpResidual,
            mlpBias,
            positions(attentionCancelling),
            positions(mlpCancelling)));
  }

  private static List<Integer> positions(boolean[] which) {
    return IntStream.range(0, which.length).filter(t -> which[t]).boxed().toList();
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
}
