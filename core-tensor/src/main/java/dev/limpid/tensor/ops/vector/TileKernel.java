package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The inner loop of every matrix product: out = start + a b for one tile of a few rows and one
 * panel of columns, all sums in registers.
 *
 * <pre>
 *   a      [depth][rows]     the tile of the left operand, transposed, rows aStride apart
 *   b      [depth][PANEL]    a panel of the right operand
 *   start  [rows][PANEL]     what is added: a bias (stride 0) or the sum over earlier inputs
 *   out    [rows][PANEL]     may be start
 * </pre>
 *
 * The accumulator is the addend of {@code fma}, not a factor: as a factor it would cost a move per
 * step. Two inputs a turn halve what is not arithmetic, which counts where another guest uses the
 * other half of the core; four spill. {@code start} is added after the loop: read before it, it
 * slows the loop down. The stores are written out: C2 stops inlining in a method this large, and a
 * vector passed to a method that is not inlined is boxed, which made the whole loop eight times
 * slower. There are only two heights, as each one has to be compiled before it is fast.
 */
final class TileKernel {
  /** Rows of a low tile. */
  static final int LOW = 4;

  /**
   * Rows of a high tile. Its 16 sums need 32 registers, which 512-bit and 128-bit machines have; at
   * 256 bits there may be only 16, and low tiles keep both units busy. Never more than a panel, so
   * that no tile reaches from one panel of rows into the next ({@link SignProjection}).
   */
  static final int HIGH = FLOATS.vectorBitSize() == 256 ? LOW : Math.min(8, PANEL);

  private TileKernel() {}

  /** Computes a tile of {@code rows} rows, {@link #LOW} or {@link #HIGH}. */
  static void multiply(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aStride,
      float[] b,
      int bAt,
      float[] start,
      int startAt,
      int startStride,
      float[] out,
      int outAt,
      int outStride) {
    multiply(
        rows,
        depth,
        a,
        aAt,
        aStride,
        b,
        bAt,
        start,
        startAt,
        startStride,
        out,
        outAt,
        outStride,
        b,
        bAt,
        0);
  }

  /**
   * The same; a tile of {@link #HIGH} rows asks memory for what is read next meanwhile.
   *
   * @param next from {@code nextAt} on, every {@code nextStep} floats for two inputs; 0: nothing
   */
  static void multiply(
      int rows,
      int depth,
      float[] a,
      int aAt,
      int aStride,
      float[] b,
      int bAt,
      float[] start,
      int startAt,
      int startStride,
      float[] out,
      int outAt,
      int outStride,
      float[] next,
      int nextAt,
      int nextStep) {
    if (rows == LOW) {
      rows4(depth, a, aAt, aStride, b, bAt, start, startAt, startStride, out, outAt, outStride);
    } else {
      rows8(
          depth,
          a,
          aAt,
          aStride,
          b,
          bAt,
          start,
          startAt,
          startStride,
          out,
          outAt,
          outStride,
          next,
          nextAt,
          nextStep);
    }
  }

  /** Computes a tile of 4 rows. */
  private static void rows4(
      int depth,
      float[] a,
      int aAt,
      int aStride,
      float[] b,
      int bAt,
      float[] start,
      int startAt,
      int startStride,
      float[] out,
      int outAt,
      int outStride) {
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector r0 = l0;
    FloatVector l1 = FloatVector.zero(FLOATS);
    FloatVector r1 = l1;
    FloatVector l2 = FloatVector.zero(FLOATS);
    FloatVector r2 = l2;
    FloatVector l3 = FloatVector.zero(FLOATS);
    FloatVector r3 = l3;
    int ai = aAt;
    int bi = bAt;
    for (int end = bAt + (depth & ~1) * PANEL; bi < end; bi += 2 * PANEL) {
      FloatVector left = FloatVector.fromArray(FLOATS, b, bi);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bi + VL);
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[ai + 0]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[ai + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[ai + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[ai + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      left = FloatVector.fromArray(FLOATS, b, bi + PANEL);
      right = FloatVector.fromArray(FLOATS, b, bi + PANEL + VL);
      int aj = ai + aStride;
      FloatVector b0 = FloatVector.broadcast(FLOATS, a[aj + 0]);
      l0 = b0.fma(left, l0);
      r0 = b0.fma(right, r0);
      FloatVector b1 = FloatVector.broadcast(FLOATS, a[aj + 1]);
      l1 = b1.fma(left, l1);
      r1 = b1.fma(right, r1);
      FloatVector b2 = FloatVector.broadcast(FLOATS, a[aj + 2]);
      l2 = b2.fma(left, l2);
      r2 = b2.fma(right, r2);
      FloatVector b3 = FloatVector.broadcast(FLOATS, a[aj + 3]);
      l3 = b3.fma(left, l3);
      r3 = b3.fma(right, r3);
      ai = aj + aStride;
    }
    if (depth % 2 != 0) {
      FloatVector left = FloatVector.fromArray(FLOATS, b, bi);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bi + VL);
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[ai + 0]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[ai + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[ai + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[ai + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
    }
    int s = startAt;
    int o = outAt;
    l0.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r0.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l1.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r1.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l2.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r2.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l3.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r3.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
  }

  /** Computes a tile of 8 rows. */
  private static void rows8(
      int depth,
      float[] a,
      int aAt,
      int aStride,
      float[] b,
      int bAt,
      float[] start,
      int startAt,
      int startStride,
      float[] out,
      int outAt,
      int outStride,
      float[] next,
      int nextAt,
      int nextStep) {
    FloatVector nothing = FloatVector.zero(FLOATS);
    VectorMask<Float> none = FLOATS.maskAll(false);
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector r0 = l0;
    FloatVector l1 = FloatVector.zero(FLOATS);
    FloatVector r1 = l1;
    FloatVector l2 = FloatVector.zero(FLOATS);
    FloatVector r2 = l2;
    FloatVector l3 = FloatVector.zero(FLOATS);
    FloatVector r3 = l3;
    FloatVector l4 = FloatVector.zero(FLOATS);
    FloatVector r4 = l4;
    FloatVector l5 = FloatVector.zero(FLOATS);
    FloatVector r5 = l5;
    FloatVector l6 = FloatVector.zero(FLOATS);
    FloatVector r6 = l6;
    FloatVector l7 = FloatVector.zero(FLOATS);
    FloatVector r7 = l7;
    int ai = aAt;
    int bi = bAt;
    int ni = nextAt;
    for (int end = bAt + (depth & ~1) * PANEL; bi < end; bi += 2 * PANEL) {
      FloatVector left = FloatVector.fromArray(FLOATS, b, bi);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bi + VL);
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[ai + 0]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[ai + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[ai + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[ai + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(FLOATS, a[ai + 4]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(FLOATS, a[ai + 5]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
      FloatVector a6 = FloatVector.broadcast(FLOATS, a[ai + 6]);
      l6 = a6.fma(left, l6);
      r6 = a6.fma(right, r6);
      FloatVector a7 = FloatVector.broadcast(FLOATS, a[ai + 7]);
      l7 = a7.fma(left, l7);
      r7 = a7.fma(right, r7);
      left = FloatVector.fromArray(FLOATS, b, bi + PANEL);
      right = FloatVector.fromArray(FLOATS, b, bi + PANEL + VL);
      int aj = ai + aStride;
      FloatVector b0 = FloatVector.broadcast(FLOATS, a[aj + 0]);
      l0 = b0.fma(left, l0);
      r0 = b0.fma(right, r0);
      FloatVector b1 = FloatVector.broadcast(FLOATS, a[aj + 1]);
      l1 = b1.fma(left, l1);
      r1 = b1.fma(right, r1);
      FloatVector b2 = FloatVector.broadcast(FLOATS, a[aj + 2]);
      l2 = b2.fma(left, l2);
      r2 = b2.fma(right, r2);
      FloatVector b3 = FloatVector.broadcast(FLOATS, a[aj + 3]);
      l3 = b3.fma(left, l3);
      r3 = b3.fma(right, r3);
      FloatVector b4 = FloatVector.broadcast(FLOATS, a[aj + 4]);
      l4 = b4.fma(left, l4);
      r4 = b4.fma(right, r4);
      FloatVector b5 = FloatVector.broadcast(FLOATS, a[aj + 5]);
      l5 = b5.fma(left, l5);
      r5 = b5.fma(right, r5);
      FloatVector b6 = FloatVector.broadcast(FLOATS, a[aj + 6]);
      l6 = b6.fma(left, l6);
      r6 = b6.fma(right, r6);
      FloatVector b7 = FloatVector.broadcast(FLOATS, a[aj + 7]);
      l7 = b7.fma(left, l7);
      r7 = b7.fma(right, r7);
      ai = aj + aStride;
      if (nextStep > 0) {
        nothing.intoArray(next, ni, none);
        ni += nextStep;
      }
    }
    if (depth % 2 != 0) {
      FloatVector left = FloatVector.fromArray(FLOATS, b, bi);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bi + VL);
      FloatVector a0 = FloatVector.broadcast(FLOATS, a[ai + 0]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, a[ai + 1]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, a[ai + 2]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, a[ai + 3]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(FLOATS, a[ai + 4]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(FLOATS, a[ai + 5]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
      FloatVector a6 = FloatVector.broadcast(FLOATS, a[ai + 6]);
      l6 = a6.fma(left, l6);
      r6 = a6.fma(right, r6);
      FloatVector a7 = FloatVector.broadcast(FLOATS, a[ai + 7]);
      l7 = a7.fma(left, l7);
      r7 = a7.fma(right, r7);
    }
    int s = startAt;
    int o = outAt;
    l0.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r0.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l1.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r1.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l2.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r2.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l3.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r3.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l4.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r4.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l5.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r5.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l6.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r6.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += outStride;
    l7.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r7.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
  }
}
