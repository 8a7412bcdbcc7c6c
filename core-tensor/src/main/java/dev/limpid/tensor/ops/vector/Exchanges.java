package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rows turned into columns by exchanges, for vectors of eight lanes: machines with those have no
 * instruction that selects from two vectors, of which {@link Turning} is made.
 *
 * <p>An exchange of two rows at a distance d, one of 1, 2 and 4, moves the lanes of the first that
 * have bit d in their number to the lanes of the second that have not, and those back. It costs one
 * rearrangement, the dearest of these instructions, where two zips cost four.
 */
final class Exchanges {
  static final boolean WORK = FLOATS.length() == 8;

  private static final VectorShuffle<Float> BY_1 = by(1);
  private static final VectorShuffle<Float> BY_2 = by(2);
  private static final VectorShuffle<Float> BY_4 = by(4);
  private static final VectorMask<Float> WITH_1 = VectorMask.fromLong(FLOATS, 0b10101010);
  private static final VectorMask<Float> WITH_2 = VectorMask.fromLong(FLOATS, 0b11001100);
  private static final VectorMask<Float> WITH_4 = VectorMask.fromLong(FLOATS, 0b11110000);

  /** Lanes that stand as column (one bit), row (two bits) go to row, then column. */
  private static final VectorShuffle<Float> COLUMN_LAST =
      VectorShuffle.fromOp(FLOATS, lane -> lane % 4 * 2 + lane / 4 % 2);

  private Exchanges() {}

  private static VectorShuffle<Float> by(int distance) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ distance) % FLOATS.length());
  }

  /**
   * Turns {@code n} squares of 8 x 8 that lie side by side in x [8][stride], one below the other in
   * out [8 n][outStride].
   */
  static void squares(float[] x, int at, int stride, int n, float[] out, int outAt, int outStride) {
    // Masks are unpacked where they are read: once here, not in every turn.
    VectorMask<Float> with1 = WITH_1;
    VectorMask<Float> with2 = WITH_2;
    VectorMask<Float> with4 = WITH_4;
    int from = at;
    int to = outAt;
    for (int square = 0; square < n; square++) {
      FloatVector a = FloatVector.fromArray(FLOATS, x, from);
      FloatVector b = FloatVector.fromArray(FLOATS, x, from + stride);
      FloatVector c = FloatVector.fromArray(FLOATS, x, from + 2 * stride);
      FloatVector d = FloatVector.fromArray(FLOATS, x, from + 3 * stride);
      FloatVector e = FloatVector.fromArray(FLOATS, x, from + 4 * stride);
      FloatVector f = FloatVector.fromArray(FLOATS, x, from + 5 * stride);
      FloatVector g = FloatVector.fromArray(FLOATS, x, from + 6 * stride);
      FloatVector h = FloatVector.fromArray(FLOATS, x, from + 7 * stride);
      FloatVector moved = e.blend(a, with4).rearrange(BY_4);
      a = a.blend(moved, with4);
      e = moved.blend(e, with4);
      moved = f.blend(b, with4).rearrange(BY_4);
      b = b.blend(moved, with4);
      f = moved.blend(f, with4);
      moved = g.blend(c, with4).rearrange(BY_4);
      c = c.blend(moved, with4);
      g = moved.blend(g, with4);
      moved = h.blend(d, with4).rearrange(BY_4);
      d = d.blend(moved, with4);
      h = moved.blend(h, with4);
      moved = c.blend(a, with2).rearrange(BY_2);
      a = a.blend(moved, with2);
      c = moved.blend(c, with2);
      moved = d.blend(b, with2).rearrange(BY_2);
      b = b.blend(moved, with2);
      d = moved.blend(d, with2);
      moved = g.blend(e, with2).rearrange(BY_2);
      e = e.blend(moved, with2);
      g = moved.blend(g, with2);
      moved = h.blend(f, with2).rearrange(BY_2);
      f = f.blend(moved, with2);
      h = moved.blend(h, with2);
      moved = b.blend(a, with1).rearrange(BY_1);
      a.blend(moved, with1).intoArray(out, to);
      moved.blend(b, with1).intoArray(out, to + outStride);
      moved = d.blend(c, with1).rearrange(BY_1);
      c.blend(moved, with1).intoArray(out, to + 2 * outStride);
      moved.blend(d, with1).intoArray(out, to + 3 * outStride);
      moved = f.blend(e, with1).rearrange(BY_1);
      e.blend(moved, with1).intoArray(out, to + 4 * outStride);
      moved.blend(f, with1).intoArray(out, to + 5 * outStride);
      moved = h.blend(g, with1).rearrange(BY_1);
      g.blend(moved, with1).intoArray(out, to + 6 * outStride);
      moved.blend(h, with1).intoArray(out, to + 7 * outStride);
      from += 8;
      to += 8 * outStride;
    }
  }

  /** Turns 4 rows of 8 n columns, x [4][stride], into out [8 n][4]. */
  static void rows4(float[] x, int at, int stride, int n, float[] out, int outAt) {
    VectorMask<Float> with2 = WITH_2;
    VectorMask<Float> with4 = WITH_4;
    int from = at;
    int to = outAt;
    for (int turn = 0; turn < n; turn++) {
      FloatVector a = FloatVector.fromArray(FLOATS, x, from);
      FloatVector b = FloatVector.fromArray(FLOATS, x, from + stride);
      FloatVector c = FloatVector.fromArray(FLOATS, x, from + 2 * stride);
      FloatVector d = FloatVector.fromArray(FLOATS, x, from + 3 * stride);
      FloatVector moved = c.blend(a, with4).rearrange(BY_4);
      a = a.blend(moved, with4);
      c = moved.blend(c, with4);
      moved = d.blend(b, with4).rearrange(BY_4);
      b = b.blend(moved, with4);
      d = moved.blend(d, with4);
      moved = b.blend(a, with2).rearrange(BY_2);
      a.blend(moved, with2).rearrange(COLUMN_LAST).intoArray(out, to);
      moved.blend(b, with2).rearrange(COLUMN_LAST).intoArray(out, to + 8);
      moved = d.blend(c, with2).rearrange(BY_2);
      c.blend(moved, with2).rearrange(COLUMN_LAST).intoArray(out, to + 16);
      moved.blend(d, with2).rearrange(COLUMN_LAST).intoArray(out, to + 24);
      from += 8;
      to += 32;
    }
  }
}
