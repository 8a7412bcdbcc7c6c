package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;

/**
 * The components of every row of y, the positive ones before the negative ones, each half ordered
 * by magnitude, as multiples of a given size, in steps of at most a quarter: which of them are
 * smaller than a bound is then a prefix, and a few more that the last step adds.
 *
 * <p>Not sorted, but dealt into buckets by exponent and two bits of mantissa, which takes one pass.
 * The buckets reach 16 octaves down from the largest component; what is smaller lies in the first.
 */
final class ComponentOrder {
  private static final int BUCKETS = 64;

  /** Bits of a float below its exponent and the upper two bits of its mantissa. */
  private static final int STEP_BITS = 21;

  private final int width;
  private final float[] inverseSizes;
  private final int[] offsets;
  private final float[] negated;

  /** Where each bucket ends: [row][positive, negative][bucket]. */
  private final int[] ends;

  private final int[] tops;

  /**
   * Creates an order of {@code rows} rows in these buffers, each to be filled by {@link #fill}.
   *
   * @param inverseSizes what magnitudes are multiplied with before they are compared, [width]
   */
  ComponentOrder(int rows, int width, float[] inverseSizes, Scratch scratch) {
    this.width = width;
    this.inverseSizes = inverseSizes;
    offsets = scratch.ints(Use.ORDER, rows * width);
    negated = scratch.floats(Use.ORDER, rows * width);
    ends = scratch.ints(Use.ORDER_STEPS, rows * 2 * BUCKETS);
    tops = new int[rows];
  }

  /** Orders the components of one row. */
  void fill(Tensor whole, int row) {
    float[] y = whole.array();
    int at = whole.offset() + row * width;
    int largest = 0;
    for (int i = 0; i < width; i++) {
      largest = Math.max(largest, magnitude(y[at + i] * inverseSizes[i]));
    }
    int top = largest >>> STEP_BITS;
    tops[row] = top;
    int first = row * 2 * BUCKETS;
    Arrays.fill(ends, first, first + 2 * BUCKETS, 0);
    for (int i = 0; i < width; i++) {
      ends[first + bucket(top, y[at + i], inverseSizes[i])]++;
    }
    int start = row * width;
    for (int b = first; b < first + 2 * BUCKETS; b++) {
      int count = ends[b];
      ends[b] = start; // of the next component of this bucket; in the end, the end of the bucket
      start += count;
    }
    for (int i = 0; i < width; i++) {
      int to = ends[first + bucket(top, y[at + i], inverseSizes[i])]++;
      offsets[to] = i * Lanes.PANEL;
      negated[to] = -Math.abs(y[at + i]);
    }
  }

  /** Returns where the positive components of a row start. */
  int start(int row) {
    return row * width;
  }

  /** Returns where those positive components end that are smaller than the bound. */
  int endOfPositive(int row, float bound) {
    return ends[row * 2 * BUCKETS + step(tops[row], magnitude(bound))];
  }

  /** Returns where the negative components of a row start. */
  int startOfNegative(int row) {
    return ends[row * 2 * BUCKETS + BUCKETS - 1];
  }

  /** Returns where those negative components end that are smaller than the bound. */
  int endOfNegative(int row, float bound) {
    return ends[row * 2 * BUCKETS + BUCKETS + step(tops[row], magnitude(bound))];
  }

  private static int bucket(int top, float y, float inverseSize) {
    int half = Float.floatToRawIntBits(y) >>> 31;
    return half * BUCKETS + step(top, magnitude(y * inverseSize));
  }

  private static int step(int top, int magnitude) {
    int step = BUCKETS - 1 + (magnitude >>> STEP_BITS) - top;
    return Math.max(0, Math.min(step, BUCKETS - 1));
  }

  private static int magnitude(float x) {
    return Float.floatToRawIntBits(x) & Lanes.MAGNITUDE;
  }

  /** Returns where the components stand in panels, row by row in their order. */
  int[] offsets() {
    return offsets;
  }

  /** Returns -|y|, row by row in this order. */
  float[] negated() {
    return negated;
  }
}
