package dev.limpid.routes;

import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.tensor.Tensor;
import java.util.Arrays;
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
  LayerParts(LayerContributions layer, double finest, boolean keepsAll) {
    int nPositions = layer.nPositions();
    this.shares = layer.shares();
    this.all = keepsAll ? layer.attention() : null;
    this.finest = finest;
    this.attentionCancelling = bits(shares.attentionCancelling());
    this.mlpCancelling = bits(shares.mlpCancelling());
    this.nHeads = layer.nHeads();
    this.rows = new int[nPositions + 1];
    this.everyKey = keepsAll ? IntStream.range(0, nPositions).toArray() : new int[0];
    this.keys = keysAbove(layer, (float) (finest * (1 - ROUNDING)), rows);
    this.contributions = new float[keys.length * nHeads];
    for (int q = 0; q < nPositions; q++) {
      for (int i = rows[q]; i < rows[q + 1]; i++) {
        for (int h = 0; h < nHeads; h++) {
          contributions[i * nHeads + h] = layer.attention(q, keys[i], h);
        }
      }
    }
  }

  private static BitSet bits(List<Integer> positions) {
    BitSet bits = new BitSet();
    positions.forEach(bits::set);
    return bits;
  }

  /** Returns the keys above the threshold of all queries, and writes where each query's start. */
  private static int[] keysAbove(LayerContributions layer, float threshold, int[] rows) {
    int nPositions = layer.nPositions();
    int[] keys = new int[4 * nPositions];
    float[] sums = new float[nPositions];
    int n = 0;
    for (int q = 0; q < nPositions; q++) {
      if (n + q >= keys.length) {
        keys = Arrays.copyOf(keys, 2 * keys.length + q);
      }
      sumOverHeads(layer.attention(), q, sums);
      for (int k = 0; k < q; k++) {
        if (sums[k] > threshold) {
          keys[n++] = k;
        }
      }
      keys[n++] = q;
      rows[q + 1] = n;
    }
    return Arrays.copyOf(keys, n);
  }

  /** Reads all numbers there are: of four heads together, as writing a sum takes the longest. */
  private static void sumOverHeads(Tensor attention, int q, float[] sums) {
    Arrays.fill(sums, 0, q, 0);
    float[] values = attention.array();
    int stride = attention.dim(1);
    int first = attention.offset() + LayerContributions.pair(q, 0);
    int h = 0;
    for (; h + 4 <= attention.dim(0); h += 4) {
      int a = first + h * stride;
      int b = a + stride;
      int c = b + stride;
      int d = c + stride;
      for (int k = 0; k < q; k++) {
        sums[k] += values[a + k] + values[b + k] + (values[c + k] + values[d + k]);
      }
    }
    for (; h < attention.dim(0); h++) {
      for (int k = 0; k < q; k++) {
        sums[k] += values[first + h * stride + k];
      }
    }
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
