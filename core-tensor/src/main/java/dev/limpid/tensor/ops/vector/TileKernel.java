package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import jdk.incubator.vector.FloatVector;

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
 * step. {@code start} is added after the loop: read before it, it slows the loop down. There are
 * only two heights, as each one is a method that has to be compiled before it is fast.
 */
final class TileKernel {
  /** Rows of a low tile. */
  static final int LOW = 4;

  /**
   * Rows of a high tile. Its 24 sums need 32 registers, which 512-bit and 128-bit machines have; at
   * 256 bits there may be only 16, and low tiles keep both units busy.
   */
  static final int HIGH = FLOATS.vectorBitSize() == 256 ? LOW : 12;

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
    if (rows == LOW) {
      rows4(depth, a, aAt, aStride, b, bAt, start, startAt, startStride, out, outAt, outStride);
    } else {
      rows12(depth, a, aAt, aStride, b, bAt, start, startAt, startStride, out, outAt, outStride);
    }
  }

  private static void add(
      FloatVector left, FloatVector right, float[] start, int startAt, float[] out, int outAt) {
    left.add(FloatVector.fromArray(FLOATS, start, startAt)).intoArray(out, outAt);
    right.add(FloatVector.fromArray(FLOATS, start, startAt + VL)).intoArray(out, outAt + VL);
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
    for (int bi = bAt; bi < bAt + depth * PANEL; bi += PANEL) {
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
      ai += aStride;
    }
    int s = startAt;
    int o = outAt;
    add(l0, r0, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l1, r1, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l2, r2, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l3, r3, start, s, out, o);
  }

  /** Computes a tile of 12 rows. */
  private static void rows12(
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
    FloatVector l4 = FloatVector.zero(FLOATS);
    FloatVector r4 = l4;
    FloatVector l5 = FloatVector.zero(FLOATS);
    FloatVector r5 = l5;
    FloatVector l6 = FloatVector.zero(FLOATS);
    FloatVector r6 = l6;
    FloatVector l7 = FloatVector.zero(FLOATS);
    FloatVector r7 = l7;
    FloatVector l8 = FloatVector.zero(FLOATS);
    FloatVector r8 = l8;
    FloatVector l9 = FloatVector.zero(FLOATS);
    FloatVector r9 = l9;
    FloatVector l10 = FloatVector.zero(FLOATS);
    FloatVector r10 = l10;
    FloatVector l11 = FloatVector.zero(FLOATS);
    FloatVector r11 = l11;
    int ai = aAt;
    for (int bi = bAt; bi < bAt + depth * PANEL; bi += PANEL) {
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
      FloatVector a8 = FloatVector.broadcast(FLOATS, a[ai + 8]);
      l8 = a8.fma(left, l8);
      r8 = a8.fma(right, r8);
      FloatVector a9 = FloatVector.broadcast(FLOATS, a[ai + 9]);
      l9 = a9.fma(left, l9);
      r9 = a9.fma(right, r9);
      FloatVector a10 = FloatVector.broadcast(FLOATS, a[ai + 10]);
      l10 = a10.fma(left, l10);
      r10 = a10.fma(right, r10);
      FloatVector a11 = FloatVector.broadcast(FLOATS, a[ai + 11]);
      l11 = a11.fma(left, l11);
      r11 = a11.fma(right, r11);
      ai += aStride;
    }
    int s = startAt;
    int o = outAt;
    add(l0, r0, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l1, r1, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l2, r2, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l3, r3, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l4, r4, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l5, r5, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l6, r6, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l7, r7, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l8, r8, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l9, r9, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l10, r10, start, s, out, o);
    s += startStride;
    o += outStride;
    add(l11, r11, start, s, out, o);
  }
}
