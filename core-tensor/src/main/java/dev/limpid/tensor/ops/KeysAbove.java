package dev.limpid.tensor.ops;

import dev.limpid.tensor.Tensor;
import java.util.Arrays;

/**
 * Of some number that every query has of every key up to its own, by head, what is above a
 * threshold; on the heap.
 *
 * @param rows [T + 1]: the keys of query q are those from rows[q] to rows[q + 1], ascending, the
 *     query's own always among them
 * @param keys their positions
 * @param terms [keys][H] their numbers
 */
public record KeysAbove(int[] rows, int[] keys, float[] terms) {

  /**
   * Finds them among numbers on the heap, as {@link TensorOps#keysAbove} does.
   *
   * @param terms [H, T (T + 1) / 2]: column q (q + 1) / 2 + k is query q, key k &lt;= q
   * @param threshold for the sum of a key over heads
   */
  public static KeysAbove of(Tensor terms, float threshold) {
    int nPositions = OpChecks.keysAbove(terms);
    int[] rows = new int[nPositions + 1];
    int[] keys = keysAbove(terms, threshold, rows);
    int nHeads = terms.dim(0);
    float[] values = terms.array();
    float[] taken = new float[keys.length * nHeads];
    for (int q = 0; q < nPositions; q++) {
      int first = terms.offset() + pair(q, 0);
      for (int i = rows[q]; i < rows[q + 1]; i++) {
        for (int h = 0; h < nHeads; h++) {
          taken[i * nHeads + h] = values[first + h * terms.dim(1) + keys[i]];
        }
      }
    }
    return new KeysAbove(rows, keys, taken);
  }

  private static int pair(int q, int k) {
    return q * (q + 1) / 2 + k;
  }

  /** Returns the keys of all queries, and writes where each query's start. */
  private static int[] keysAbove(Tensor terms, float threshold, int[] rows) {
    int nPositions = rows.length - 1;
    int[] keys = new int[4 * nPositions];
    float[] sums = new float[nPositions];
    int n = 0;
    for (int q = 0; q < nPositions; q++) {
      if (n + q >= keys.length) {
        keys = Arrays.copyOf(keys, 2 * keys.length + q);
      }
      sumOverHeads(terms, q, sums);
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
  private static void sumOverHeads(Tensor terms, int q, float[] sums) {
    Arrays.fill(sums, 0, q, 0);
    float[] values = terms.array();
    int stride = terms.dim(1);
    int first = terms.offset() + pair(q, 0);
    int h = 0;
    for (; h + 4 <= terms.dim(0); h += 4) {
      int a = first + h * stride;
      int b = a + stride;
      int c = b + stride;
      int d = c + stride;
      for (int k = 0; k < q; k++) {
        sums[k] += values[a + k] + values[b + k] + (values[c + k] + values[d + k]);
      }
    }
    for (; h < terms.dim(0); h++) {
      for (int k = 0; k < q; k++) {
        sums[k] += values[first + h * stride + k];
      }
    }
  }
}
