package dev.limpid.routes;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.KeysAbove;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of one layer are made of.
 *
 * <p>Of attention, the keys of every query that gave it more than some threshold, with what each
 * head brought: at most 1/tau keys of a query can be above tau, so this is little, and routes are
 * extracted from it alone. Lower thresholds need all contributions, where they were kept.
 */
final class LayerParts {
  /** What keeps a key whose sum in float is a little lower than the exact one. */
  private static final double ROUNDING = 1e-4;

  private final NodeShares shares;
  private final @Nullable Tensor all;
  private final double finest;
  private final BitSet attentionCancelling;
  private final BitSet mlpCancelling;

  /** The keys of query q are those from rows[q] to rows[q + 1]. */
  private final int[] rows;

  private final int[] keys;
  private final int[] everyKey;

  /** What they gave, [keys][H]. */
  private final float[] contributions;

  private final int nHeads;

  /**
   * Reads the contributions of a layer.
   *
   * @param finest the lowest threshold that the lists are to serve
   * @param keepsAll whether all contributions are kept for lower ones
   */
  static LayerParts of(LayerContributions layer, double finest, boolean keepsAll) {
    KeysAbove above = KeysAbove.of(layer.attention(), rounded(finest));
    Tensor all = keepsAll ? layer.attention() : null;
    return new LayerParts(layer.nHeads(), above, layer.shares(), finest, all);
  }

  /**
   * Computes the contributions of a layer of some prompts, and brings home those that can be above
   * a threshold.
   *
   * @param finest the lowest threshold that the lists are to serve
   */
  static List<LayerParts> of(
      Transformer model,
      int layer,
      List<LayerTrace> traces,
      ContributionOptions options,
      double finest) {
    return Contributions.above(model, layer, traces, options, rounded(finest)).stream()
        .map(a -> new LayerParts(a.nHeads(), a.attention(), a.shares(), finest, null))
        .toList();
  }

  private LayerParts(
      int nHeads, KeysAbove above, NodeShares shares, double finest, @Nullable Tensor all) {
    this.shares = shares;
    this.all = all;
    this.finest = finest;
    this.attentionCancelling = bits(shares.attentionCancelling());
    this.mlpCancelling = bits(shares.mlpCancelling());
    this.nHeads = nHeads;
    this.rows = above.rows();
    this.keys = above.keys();
    this.contributions = above.terms();
    this.everyKey = all == null ? new int[0] : IntStream.range(0, shares.nPositions()).toArray();
  }

  private static float rounded(double finest) {
    return (float) (finest * (1 - ROUNDING));
  }

  private static BitSet bits(List<Integer> positions) {
    BitSet bits = new BitSet();
    positions.forEach(bits::set);
    return bits;
  }

  /** Returns about how much memory it takes. */
  long bytes() {
    long ofAll = all == null ? 0 : all.shape().size();
    long ofShares = 5L * shares.nPositions();
    return Float.BYTES * (ofAll + ofShares + contributions.length)
        + (long) Integer.BYTES * (rows.length + keys.length + everyKey.length);
  }

  /** Returns the parts beside the terms of attention. */
  NodeShares shares() {
    return shares;
  }

  /** Returns whether the parts of an attention node only cancel one another. */
  boolean attentionCancels(int q) {
    return attentionCancelling.get(q);
  }

  /** Returns whether the parts of an MLP node only cancel one another. */
  boolean mlpCancels(int t) {
    return mlpCancelling.get(t);
  }

  /** Returns the keys that gave a query more than the threshold, and maybe others. */
  KeyRow keys(int q, double threshold) {
    if (threshold < finest && all != null) {
      int at = all.offset() + LayerContributions.pair(q, 0);
      return new KeyRow(everyKey, 0, q + 1, nHeads, all.array(), at, 1, all.dim(1));
    }
    int first = rows[q];
    return new KeyRow(
        keys, first, rows[q + 1] - first, nHeads, contributions, first * nHeads, nHeads, 1);
  }
}
