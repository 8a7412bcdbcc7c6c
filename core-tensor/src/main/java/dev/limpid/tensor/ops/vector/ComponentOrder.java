package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;

/**
 * The components of every row of y, ordered by magnitude in steps of at most a quarter: which of
 * them are smaller than a bound is then a prefix, and a few more that the last step adds.
 *
 * <p>Not sorted, but dealt into buckets by exponent and two bits of mantissa, which takes one pass.
 * The buckets reach 16 octaves down from the largest component; what is smaller lies in the first.
 */
final class ComponentOrder {
  private static final int BUCKETS = 64;

  /** Bits of a float below its exponent and the upper two bits of its mantissa. */
  private static final int STEP_BITS = 21;

  private final int width;
  private final int[] indices;
  private final float[] negated;
  private final int[] ends;
  private final int[] tops;

  /** Creates an order of {@code rows} rows in these buffers, each to be filled by {@link #fill}. */
  ComponentOrder(int rows, int width, Scratch scratch) {
    this.width = width;
    indices = scratch.ints(Use.ORDER, rows * width);
    negated = scratch.floats(Use.ORDER, rows * width);
    ends = scratch.ints(Use.ORDER_STEPS, rows * BUCKETS);
    tops = new int[rows];
  }

  /** Orders the components of one row. */
  void fill(Tensor whole, int row) {
    float[] y = whole.array();
    int at = whole.offset() + row * width;
    int largest = 0;
    for (int i = 0; i < width; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(y[at + i]) & Lanes.MAGNITUDE);
    }
    tops[row] = largest >>> STEP_BITS;
    int first = row * BUCKETS;
    Arrays.fill(ends, first, first + BUCKETS, 0);
    for (int i = 0; i < width; i++) {
      ends[first + bucket(row, y[at + i])]++;
    }
    int start = 0;
    for (int b = first; b < first + BUCKETS; b++) {
      int count = ends[b];
      ends[b] = start; // of the next component of this bucket; in the end, the end of the bucket
      start += count;
    }
    for (int i = 0; i < width; i++) {
      int to = row * width + ends[first + bucket(row, y[at + i])]++;
      indices[to] = i;
      negated[to] = -y[at + i];
    }
  }

  /** Returns a number such that all components smaller than the bound are among the first ones. */
  int countBelow(int row, float bound) {
    return ends[row * BUCKETS + bucket(row, bound)];
  }

  private int bucket(int row, float x) {
    int step = (Float.floatToRawIntBits(x) & Lanes.MAGNITUDE) >>> STEP_BITS;
    return Math.clamp((long) BUCKETS - 1 + step - tops[row], 0, BUCKETS - 1);
  }

  /** Returns where a row starts in {@link #indices} and {@link #negated}. */
  int start(int row) {
    return row * width;
  }

  /** Returns the indices of the components, row by row in their order. */
  int[] indices() {
    return indices;
  }

  /** Returns -y, row by row in this order. */
  float[] negated() {
    return negated;
  }
}
