package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * out = W x + b for one row x, with quantised W in panels: a few hundred inputs of a panel are
 * widened in the first cache, and multiplied there.
 */
final class BlockRowProduct {
  /** Inputs that are widened together: with 512-bit vectors, 16 KiB. */
  private static final int TOGETHER = 128;

  /** Sums that are added to side by side, so that none waits for another: for each, two vectors. */
  private static final int CHAINS = 4;

  private BlockRowProduct() {}

  /** Writes x W^T + b into out; x is [1, in], out is [1, out]. */
  static void run(Tensor x, Panels weight, @Nullable Tensor bias, Tensor out, WorkerPool pool) {
    pool.run(weight.count(), (panel, scratch) -> panel(x, weight, bias, out, panel, scratch));
  }

  private static void panel(
      Tensor x, Panels weight, @Nullable Tensor bias, Tensor out, int panel, Scratch scratch) {
    float[] sums = scratch.floats(Use.SUMS, CHAINS * PANEL);
    Arrays.fill(sums, 0, CHAINS * PANEL, 0);
    for (int first = 0; first < weight.inputs(); first += TOGETHER) {
      int n = Math.min(TOGETHER, weight.inputs() - first);
      float[] w = weight.block(panel, first, n, scratch);
      add(n, x.array(), x.offset() + first, w, weight.blockAt(panel, first), sums);
    }
    int from = panel * PANEL;
    int width = Math.min(PANEL, weight.outputs() - from);
    for (int i = 0; i < width; i++) {
      float b = bias == null ? 0 : bias.array()[bias.offset() + from + i];
      float sum = sums[i] + sums[i + PANEL] + (sums[i + 2 * PANEL] + sums[i + 3 * PANEL]);
      out.array()[out.offset() + from + i] = sum + b;
    }
  }

  /** Adds w x to the sums; input i to those of chain i % 4. */
  private static void add(int n, float[] x, int xAt, float[] w, int wAt, float[] sums) {
    FloatVector l0 = FloatVector.fromArray(FLOATS, sums, 0);
    FloatVector r0 = FloatVector.fromArray(FLOATS, sums, VL);
    FloatVector l1 = FloatVector.fromArray(FLOATS, sums, PANEL);
    FloatVector r1 = FloatVector.fromArray(FLOATS, sums, PANEL + VL);
    FloatVector l2 = FloatVector.fromArray(FLOATS, sums, 2 * PANEL);
    FloatVector r2 = FloatVector.fromArray(FLOATS, sums, 2 * PANEL + VL);
    FloatVector l3 = FloatVector.fromArray(FLOATS, sums, 3 * PANEL);
    FloatVector r3 = FloatVector.fromArray(FLOATS, sums, 3 * PANEL + VL);
    int k = wAt;
    int i = xAt;
    for (int end = xAt + (n & ~3); i < end; i += CHAINS) {
      FloatVector a0 = FloatVector.broadcast(FLOATS, x[i]);
      l0 = a0.fma(FloatVector.fromArray(FLOATS, w, k), l0);
      r0 = a0.fma(FloatVector.fromArray(FLOATS, w, k + VL), r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, x[i + 1]);
      l1 = a1.fma(FloatVector.fromArray(FLOATS, w, k + PANEL), l1);
      r1 = a1.fma(FloatVector.fromArray(FLOATS, w, k + PANEL + VL), r1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, x[i + 2]);
      l2 = a2.fma(FloatVector.fromArray(FLOATS, w, k + 2 * PANEL), l2);
      r2 = a2.fma(FloatVector.fromArray(FLOATS, w, k + 2 * PANEL + VL), r2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, x[i + 3]);
      l3 = a3.fma(FloatVector.fromArray(FLOATS, w, k + 3 * PANEL), l3);
      r3 = a3.fma(FloatVector.fromArray(FLOATS, w, k + 3 * PANEL + VL), r3);
      k += CHAINS * PANEL;
    }
    for (int end = xAt + n; i < end; i++) {
      FloatVector a = FloatVector.broadcast(FLOATS, x[i]);
      l0 = a.fma(FloatVector.fromArray(FLOATS, w, k), l0);
      r0 = a.fma(FloatVector.fromArray(FLOATS, w, k + VL), r0);
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
}
