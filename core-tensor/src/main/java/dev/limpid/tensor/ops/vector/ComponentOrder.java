package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.INTS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The components of every row of y, ordered by magnitude, as multiples of a given size, in steps of
 * at most a quarter: which of them are smaller than a bound is then a prefix, and a few more that
 * the last step adds.
 *
 * <p>Not sorted, but dealt into buckets by exponent and two bits of mantissa, which takes one pass.
 * The buckets reach 16 octaves down from the largest component; what is smaller lies in the first.
 */
final class ComponentOrder {
  /** Components walked at a time: so many that nothing outgrows follow each row. */
  static final int STRIDE = 4;

  private static final int BUCKETS = 64;

  /** Bits of a float below its exponent and the upper two bits of its mantissa. */
  private static final int STEP_BITS = 21;

  private final int width;
  private final int rowLength;
  private final float[] inverseSizes;

  /** The components as they are in y, and room for one that nothing outgrows: [row][rowLength]. */
  private final float[] y;

  /** Their indices in order, likewise. */
  private final int[] order;

  /** Where each bucket ends: [row][bucket]. */
  private final int[] ends;

  private final int[] tops;
  private final float[] smallest;

  /**
   * Creates an order of {@code rows} rows in these buffers, each to be filled by {@link #fill}.
   *
   * @param inverseSizes what magnitudes are multiplied with before they are compared, [width],
   *     padded to whole vectors with zeros; a component with 0 comes last
   */
  ComponentOrder(int rows, int width, float[] inverseSizes, Scratch scratch) {
    this.width = width;
    this.rowLength = FLOATS.loopBound(width + STRIDE + VL - 1);
    this.inverseSizes = inverseSizes;
    y = scratch.floats(Use.ORDER, rows * rowLength);
    order = scratch.ints(Use.ORDER, rows * rowLength);
    ends = scratch.ints(Use.ORDER_STEPS, rows * BUCKETS);
    tops = new int[rows];
    smallest = new float[rows];
  }

  /** Orders the components of one row. */
  void fill(Tensor whole, int row, Scratch scratch) {
    int padded = FLOATS.loopBound(width + VL - 1);
    int at = row * rowLength;
    System.arraycopy(whole.array(), whole.offset() + row * width, y, at, width);
    Arrays.fill(y, at + width, at + rowLength, 0);
    int[] steps = scratch.ints(Use.ORDER_ROW, padded);
    magnitudes(padded, at, steps, row);
    y[at + width] = Float.POSITIVE_INFINITY;
    steps(padded, tops[row], steps);
    deal(row * BUCKETS, at, steps);
    Arrays.fill(order, at + width, at + width + STRIDE, width);
  }

  /** Writes the bits of every magnitude, and notes the largest and the smallest. */
  private void magnitudes(int n, int at, int[] bits, int row) {
    IntVector largest = IntVector.zero(INTS);
    IntVector last = IntVector.broadcast(INTS, Float.floatToRawIntBits(Float.MAX_VALUE));
    IntVector least = last;
    for (int i = 0; i < n; i += VL) {
      FloatVector inverse = FloatVector.fromArray(FLOATS, inverseSizes, i);
      FloatVector scaled = FloatVector.fromArray(FLOATS, y, at + i).mul(inverse);
      IntVector magnitude = scaled.reinterpretAsInts().and(Lanes.MAGNITUDE);
      largest = largest.max(magnitude);
      // Components that nothing writes are not outgrown: they come last, and count for nothing.
      VectorMask<Integer> never = inverse.reinterpretAsInts().compare(VectorOperators.EQ, 0);
      magnitude = magnitude.blend(last, never);
      magnitude.intoArray(bits, i);
      least = least.min(magnitude);
    }
    tops[row] = largest.reduceLanes(VectorOperators.MAX) >>> STEP_BITS;
    smallest[row] = Float.intBitsToFloat(least.reduceLanes(VectorOperators.MIN));
  }

  /** Replaces the bits of magnitudes by the buckets they belong to. */
  private static void steps(int n, int top, int[] bits) {
    for (int i = 0; i < n; i += VL) {
      IntVector.fromArray(INTS, bits, i)
          .lanewise(VectorOperators.LSHR, STEP_BITS)
          .add(BUCKETS - 1 - top)
          .max(0)
          .min(BUCKETS - 1)
          .intoArray(bits, i);
    }
  }

  private void deal(int firstBucket, int at, int[] steps) {
    Arrays.fill(ends, firstBucket, firstBucket + BUCKETS, 0);
    for (int i = 0; i < width; i++) {
      ends[firstBucket + steps[i]]++;
    }
    int start = at;
    for (int b = firstBucket; b < firstBucket + BUCKETS; b++) {
      int count = ends[b];
      ends[b] = start; // of the next component of this bucket; in the end, the end of the bucket
      start += count;
    }
    for (int i = 0; i < width; i++) {
      order[ends[firstBucket + steps[i]]++] = i;
    }
  }

  /** Returns where the components of a row start. */
  int start(int row) {
    return row * rowLength;
  }

  /** Returns where those components of a row end that are smaller than the bound. */
  int end(int row, float bound) {
    int step = BUCKETS - 1 + (Float.floatToRawIntBits(bound) >>> STEP_BITS) - tops[row];
    return ends[row * BUCKETS + Math.clamp(step, 0, BUCKETS - 1)];
  }

  /** Returns a lower limit of the magnitudes of a row: no bound below it reaches any of them. */
  float smallest(int row) {
    return smallest[row];
  }

  /**
   * Returns the indices of components, row by row in their order, and behind each row {@link
   * #STRIDE} times that of one that nothing outgrows.
   */
  int[] order() {
    return order;
  }

  /** Returns the components, by index, from {@link #start} of a row on. */
  float[] components() {
    return y;
  }
}
