package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * out = x W for one row x, with W in panels: nothing is turned over, as each panel is multiplied
 * with its part of the row where it lies.
 *
 * <p>A thread has some inputs of W, and reads them in all panels, so that no sum depends on how
 * many threads there are. A panel whose part of the row is all zeros is left out: what gradients of
 * a few logits have most of.
 */
final class TurnedRowProduct {
  /** Inputs of a thread at a time: their sums stay in the first cache. */
  private static final int INPUTS = 64;

  private TurnedRowProduct() {}

  /** Writes x W into out; x is [1, weight.outputs()], out is [1, weight.inputs()]. */
  static void run(Tensor x, Panels weight, Tensor out, WorkerPool pool) {
    int padded = weight.count() * PANEL;
    float[] row = pool.scratch().floats(Use.PACKED_INPUT, padded);
    System.arraycopy(x.array(), x.offset(), row, 0, weight.outputs());
    Arrays.fill(row, weight.outputs(), padded, 0);
    pool.run(
        Math.ceilDiv(weight.inputs(), INPUTS),
        (item, scratch) -> {
          int first = item * INPUTS;
          int n = Math.min(INPUTS, weight.inputs() - first);
          float[] sums = scratch.floats(Use.SUMS, n * VL);
          Arrays.fill(sums, 0, n * VL, 0);
          for (int panel = 0; panel < weight.count(); panel++) {
            if (!isZero(row, panel * PANEL)) {
              float[] elements = weight.block(panel, first, n, scratch);
              add(n, row, panel * PANEL, elements, weight.blockAt(panel, first), sums);
            }
          }
          for (int i = 0; i < n; i++) {
            out.array()[out.offset() + first + i] = sum(sums, i * VL);
          }
        });
  }

  private static boolean isZero(float[] row, int at) {
    for (int i = at; i < at + PANEL; i++) {
      if (row[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static void add(int n, float[] x, int xAt, float[] w, int wAt, float[] sums) {
    FloatVector left = FloatVector.fromArray(FLOATS, x, xAt);
    FloatVector right = FloatVector.fromArray(FLOATS, x, xAt + VL);
    int k = wAt;
    for (int i = 0; i < n * VL; i += VL) {
      FloatVector sum = FloatVector.fromArray(FLOATS, sums, i);
      sum = left.fma(FloatVector.fromArray(FLOATS, w, k), sum);
      right.fma(FloatVector.fromArray(FLOATS, w, k + VL), sum).intoArray(sums, i);
      k += PANEL;
    }
  }

  private static float sum(float[] lanes, int at) {
    double sum = 0;
    for (int i = at; i < at + VL; i++) {
      sum += lanes[i];
    }
    return (float) sum;
  }
}
