package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.jspecify.annotations.Nullable;

/**
 * out = W x + b for one row x, with W in panels: bound by how fast the weights arrive.
 *
 * <p>Four panels are read together, as four streams keep more loads under way than one. The last
 * group repeats its last panel where there are fewer.
 *
 * <p>The stores are written out: a method of ours that takes vectors is not inlined where a kernel
 * has grown large, and its vectors are boxed in every step of the loop.
 */
final class RowProduct {
  private static final int STREAMS = 4;

  private RowProduct() {}

  /** Writes x W^T + b into out; x is [1, in], out is [1, out]. */
  static void run(Tensor x, Panels weight, @Nullable Tensor bias, Tensor out, WorkerPool pool) {
    BlockPanels blocks = weight.blocks();
    if (blocks != null) {
      BlockRowProduct.run(x, weight, blocks, bias, out, pool);
      return;
    }
    pool.run(
        Math.ceilDiv(weight.count(), STREAMS),
        (item, scratch) -> group(x, weight, bias, out, item * STREAMS, scratch));
  }

  private static void group(
      Tensor x, Panels weight, @Nullable Tensor bias, Tensor out, int panel, Scratch scratch) {
    float[] sums = scratch.floats(Use.SUMS, STREAMS * PANEL);
    int last = weight.count() - 1;
    int p1 = Math.min(panel + 1, last);
    int p2 = Math.min(panel + 2, last);
    int p3 = Math.min(panel + 3, last);
    int n = weight.inputs();
    switch (weight.dtype()) {
      case F32 -> {
        int at = weight.at(panel, 0);
        int at1 = weight.at(p1, 0);
        int at2 = weight.at(p2, 0);
        int at3 = weight.at(p3, 0);
        sumF32(n, x.array(), x.offset(), weight.elements(), at, at1, at2, at3, sums);
      }
      case F16 -> {
        // In a loop, so that there is one call to inline: with two, C2 boxed vectors.
        for (int i = 0; i < STREAMS; i += 2) {
          int at = weight.at(Math.min(panel + i, last), 0);
          int at1 = weight.at(Math.min(panel + i + 1, last), 0);
          sumF16(n, x.array(), x.offset(), weight.elements(), at, at1, sums, i * PANEL);
        }
      }
      case BF16 -> {
        int at = weight.at(panel, 0);
        int at1 = weight.at(p1, 0);
        int at2 = weight.at(p2, 0);
        int at3 = weight.at(p3, 0);
        sumBf16(n, x.array(), x.offset(), weight.elements(), at, at1, at2, at3, sums);
      }
      case I64 -> throw new IllegalArgumentException("I64 elements are ids, not weights");
    }
    int from = panel * PANEL;
    int width = Math.min(STREAMS * PANEL, weight.outputs() - from);
    for (int i = 0; i < width; i++) {
      float b = bias == null ? 0 : bias.array()[bias.offset() + from + i];
      out.array()[out.offset() + from + i] = sums[i] + b;
    }
  }

  private static void sumF32(
      int n, float[] x, int xAt, float[] w, int p0, int p1, int p2, int p3, float[] sums) {
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector r0 = l0;
    FloatVector l1 = l0;
    FloatVector r1 = l0;
    FloatVector l2 = l0;
    FloatVector r2 = l0;
    FloatVector l3 = l0;
    FloatVector r3 = l0;
    int k = 0;
    for (int i = 0; i < n; i++) {
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + i]);
      l0 = a.fma(FloatVector.fromArray(FLOATS, w, p0 + k), l0);
      r0 = a.fma(FloatVector.fromArray(FLOATS, w, p0 + k + VL), r0);
      l1 = a.fma(FloatVector.fromArray(FLOATS, w, p1 + k), l1);
      r1 = a.fma(FloatVector.fromArray(FLOATS, w, p1 + k + VL), r1);
      l2 = a.fma(FloatVector.fromArray(FLOATS, w, p2 + k), l2);
      r2 = a.fma(FloatVector.fromArray(FLOATS, w, p2 + k + VL), r2);
      l3 = a.fma(FloatVector.fromArray(FLOATS, w, p3 + k), l3);
      r3 = a.fma(FloatVector.fromArray(FLOATS, w, p3 + k + VL), r3);
      k += PANEL;
    }
    l0.intoArray(sums, 0);
    r0.intoArray(sums, VL);
    l1.intoArray(sums, PANEL);
    r1.intoArray(sums, PANEL + VL);
    l2.intoArray(sums, 2 * PANEL);
    r2.intoArray(sums, 2 * PANEL + VL);
    l3.intoArray(sums, 3 * PANEL);
    r3.intoArray(sums, 3 * PANEL + VL);
  }

  /**
   * Two panels only: with four, C2 has no room left to inline the decoding, and boxes its vectors,
   * which made it three times slower.
   */
  private static void sumF16(
      int n, float[] x, int xAt, float[] w, int p0, int p1, float[] sums, int sumsAt) {
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector r0 = l0;
    FloatVector l1 = l0;
    FloatVector r1 = l0;
    int k = 0;
    for (int i = 0; i < n; i++) {
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + i]);
      IntVector w0 = HalfPrecision.pairs(w, p0 + k);
      l0 = a.fma(HalfPrecision.lowF16(w0), l0);
      r0 = a.fma(HalfPrecision.highF16(w0), r0);
      IntVector w1 = HalfPrecision.pairs(w, p1 + k);
      l1 = a.fma(HalfPrecision.lowF16(w1), l1);
      r1 = a.fma(HalfPrecision.highF16(w1), r1);
      k += VL;
    }
    l0.intoArray(sums, sumsAt);
    r0.intoArray(sums, sumsAt + VL);
    l1.intoArray(sums, sumsAt + PANEL);
    r1.intoArray(sums, sumsAt + PANEL + VL);
  }

  private static void sumBf16(
      int n, float[] x, int xAt, float[] w, int p0, int p1, int p2, int p3, float[] sums) {
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector r0 = l0;
    FloatVector l1 = l0;
    FloatVector r1 = l0;
    FloatVector l2 = l0;
    FloatVector r2 = l0;
    FloatVector l3 = l0;
    FloatVector r3 = l0;
    int k = 0;
    for (int i = 0; i < n; i++) {
      FloatVector a = FloatVector.broadcast(FLOATS, x[xAt + i]);
      IntVector w0 = HalfPrecision.pairs(w, p0 + k);
      l0 = a.fma(HalfPrecision.lowBf16(w0), l0);
      r0 = a.fma(HalfPrecision.highBf16(w0), r0);
      IntVector w1 = HalfPrecision.pairs(w, p1 + k);
      l1 = a.fma(HalfPrecision.lowBf16(w1), l1);
      r1 = a.fma(HalfPrecision.highBf16(w1), r1);
      IntVector w2 = HalfPrecision.pairs(w, p2 + k);
      l2 = a.fma(HalfPrecision.lowBf16(w2), l2);
      r2 = a.fma(HalfPrecision.highBf16(w2), r2);
      IntVector w3 = HalfPrecision.pairs(w, p3 + k);
      l3 = a.fma(HalfPrecision.lowBf16(w3), l3);
      r3 = a.fma(HalfPrecision.highBf16(w3), r3);
      k += VL;
    }
    l0.intoArray(sums, 0);
    r0.intoArray(sums, VL);
    l1.intoArray(sums, PANEL);
    r1.intoArray(sums, PANEL + VL);
    l2.intoArray(sums, 2 * PANEL);
    r2.intoArray(sums, 2 * PANEL + VL);
    l3.intoArray(sums, 3 * PANEL);
    r3.intoArray(sums, 3 * PANEL + VL);
  }
}
