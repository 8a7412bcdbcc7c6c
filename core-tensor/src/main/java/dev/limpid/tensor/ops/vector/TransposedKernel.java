package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loop of {@link TransposedProduct}: {@link TileKernel} with weights on the left, as they
 * lie in their panels, and columns that are positions.
 *
 * <pre>
 *   w      [panels][8][PANEL]     8 inputs of some panels of outputs, panels wStride apart
 *   b      [depth][PANEL]         the outputs of {@link Lanes#PANEL} positions
 *   start  [8][PANEL]             what is added: zeros (stride 0) or the sum over earlier outputs
 *   out    [8][PANEL]             may be start
 * </pre>
 *
 * Sums are made in the same order as there, so that results have the same bits. See there, too, why
 * everything is written out.
 */
final class TransposedKernel {
  /** Inputs of a tile. */
  static final int HEIGHT = 8;

  private TransposedKernel() {}

  /** Computes a tile; {@code depth} is a multiple of {@link Lanes#PANEL}. */
  static void multiply(
      int depth,
      float[] w,
      int wAt,
      int wStride,
      float[] b,
      int bAt,
      float[] start,
      int startAt,
      int startStride,
      float[] out,
      int outAt) {
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
    for (int d = 0; d < depth; d += 2) {
      int wi = wAt + d / PANEL * wStride + d % PANEL;
      int bi = bAt + d * PANEL;
      FloatVector left = FloatVector.fromArray(FLOATS, b, bi);
      FloatVector right = FloatVector.fromArray(FLOATS, b, bi + VL);
      FloatVector a0 = FloatVector.broadcast(FLOATS, w[wi + 0 * PANEL]);
      l0 = a0.fma(left, l0);
      r0 = a0.fma(right, r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, w[wi + 1 * PANEL]);
      l1 = a1.fma(left, l1);
      r1 = a1.fma(right, r1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, w[wi + 2 * PANEL]);
      l2 = a2.fma(left, l2);
      r2 = a2.fma(right, r2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, w[wi + 3 * PANEL]);
      l3 = a3.fma(left, l3);
      r3 = a3.fma(right, r3);
      FloatVector a4 = FloatVector.broadcast(FLOATS, w[wi + 4 * PANEL]);
      l4 = a4.fma(left, l4);
      r4 = a4.fma(right, r4);
      FloatVector a5 = FloatVector.broadcast(FLOATS, w[wi + 5 * PANEL]);
      l5 = a5.fma(left, l5);
      r5 = a5.fma(right, r5);
      FloatVector a6 = FloatVector.broadcast(FLOATS, w[wi + 6 * PANEL]);
      l6 = a6.fma(left, l6);
      r6 = a6.fma(right, r6);
      FloatVector a7 = FloatVector.broadcast(FLOATS, w[wi + 7 * PANEL]);
      l7 = a7.fma(left, l7);
      r7 = a7.fma(right, r7);
      left = FloatVector.fromArray(FLOATS, b, bi + PANEL);
      right = FloatVector.fromArray(FLOATS, b, bi + PANEL + VL);
      FloatVector b0 = FloatVector.broadcast(FLOATS, w[wi + 0 * PANEL + 1]);
      l0 = b0.fma(left, l0);
      r0 = b0.fma(right, r0);
      FloatVector b1 = FloatVector.broadcast(FLOATS, w[wi + 1 * PANEL + 1]);
      l1 = b1.fma(left, l1);
      r1 = b1.fma(right, r1);
      FloatVector b2 = FloatVector.broadcast(FLOATS, w[wi + 2 * PANEL + 1]);
      l2 = b2.fma(left, l2);
      r2 = b2.fma(right, r2);
      FloatVector b3 = FloatVector.broadcast(FLOATS, w[wi + 3 * PANEL + 1]);
      l3 = b3.fma(left, l3);
      r3 = b3.fma(right, r3);
      FloatVector b4 = FloatVector.broadcast(FLOATS, w[wi + 4 * PANEL + 1]);
      l4 = b4.fma(left, l4);
      r4 = b4.fma(right, r4);
      FloatVector b5 = FloatVector.broadcast(FLOATS, w[wi + 5 * PANEL + 1]);
      l5 = b5.fma(left, l5);
      r5 = b5.fma(right, r5);
      FloatVector b6 = FloatVector.broadcast(FLOATS, w[wi + 6 * PANEL + 1]);
      l6 = b6.fma(left, l6);
      r6 = b6.fma(right, r6);
      FloatVector b7 = FloatVector.broadcast(FLOATS, w[wi + 7 * PANEL + 1]);
      l7 = b7.fma(left, l7);
      r7 = b7.fma(right, r7);
    }
    int s = startAt;
    int o = outAt;
    l0.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r0.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += PANEL;
    l1.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r1.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += PANEL;
    l2.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r2.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += PANEL;
    l3.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r3.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += PANEL;
    l4.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r4.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += PANEL;
    l5.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r5.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += PANEL;
    l6.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r6.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
    s += startStride;
    o += PANEL;
    l7.add(FloatVector.fromArray(FLOATS, start, s)).intoArray(out, o);
    r7.add(FloatVector.fromArray(FLOATS, start, s + VL)).intoArray(out, o + VL);
  }
}
