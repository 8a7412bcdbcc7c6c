package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.INTS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.ops.vector.Scratch.Use;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The projected values u[h, k] = values[k] W_O^h of one head for a few panels of keys at a time,
 * the keys in the lanes: [panel of keys][component][PANEL].
 */
final class AttentionTerms {
  /** Sizes below this count as none, so that their inverses are finite. */
  private static final double SMALLEST = 1e-30;

  private final Panels projection;
  private final float[] inverseSizes;

  AttentionTerms(Panels projection, WorkerPool pool) {
    this.projection = projection;
    inverseSizes = inverseSizes(pool);
  }

  /** Returns the components of a panel, with those that fill the last panel of W_O. */
  int paddedWidth() {
    return projection.count() * PANEL;
  }

  /**
   * Returns 1 / c, [D], padded with zeros: c_i is the root mean square of the weights that write
   * component i; 0 where there are none.
   */
  float[] inverseSizes() {
    return inverseSizes;
  }

  private float[] inverseSizes(WorkerPool pool) {
    float[] inverse = pool.scratch().floats(Use.SIZES, paddedWidth());
    pool.run(
        projection.count(),
        (panel, scratch) -> {
          float[] w = projection.block(panel, 0, projection.inputs(), scratch);
          int at = projection.blockAt(panel, 0);
          sumSquares(projection.inputs(), w, at, inverse, panel * PANEL);
          for (int i = panel * PANEL; i < (panel + 1) * PANEL; i++) {
            double size = Math.sqrt(inverse[i] / projection.inputs());
            inverse[i] = size < SMALLEST ? 0 : (float) (1 / size);
          }
        });
    return inverse;
  }

  private static void sumSquares(int n, float[] w, int at, float[] out, int outAt) {
    FloatVector left = FloatVector.zero(FLOATS);
    FloatVector right = left;
    for (int i = at; i < at + n * PANEL; i += PANEL) {
      FloatVector l = FloatVector.fromArray(FLOATS, w, i);
      FloatVector r = FloatVector.fromArray(FLOATS, w, i + VL);
      left = l.fma(l, left);
      right = r.fma(r, right);
    }
    left.intoArray(out, outAt);
    right.intoArray(out, outAt + VL);
  }

  /**
   * Computes u of some panels of keys of a head.
   *
   * @param values in panels of keys, [panel][d][PANEL] from valuesAt on
   * @param u [panels][component][PANEL], modified
   * @param largest max over i of |u_i| / c_i, [panels][PANEL], modified
   */
  void compute(
      int h,
      int dHead,
      int panels,
      float[] values,
      int valuesAt,
      float[] zeros,
      float[] u,
      float[] largest,
      Scratch scratch) {
    Panels ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
    RowTiles components = new RowTiles(PANEL);
    int size = paddedWidth() * PANEL;
    for (int panel = 0; panel < ofHead.count(); panel++) {
      float[] w = ofHead.block(panel, 0, dHead, scratch);
      int at = ofHead.blockAt(panel, 0);
      for (int keys = 0; keys < panels; keys++) {
        int valuesOfKeys = valuesAt + keys * dHead * PANEL;
        for (int tile = 0; tile < components.count(); tile++) {
          int row = components.row(tile);
          int to = keys * size + (panel * PANEL + row) * PANEL;
          int height = components.height(tile);
          TileKernel.multiply(
              height, dHead, w, at + row, PANEL, values, valuesOfKeys, zeros, 0, 0, u, to, PANEL);
        }
      }
    }
    for (int keys = 0; keys < panels; keys++) {
      largestMagnitudes(paddedWidth(), u, keys * size, inverseSizes, largest, keys * PANEL);
    }
  }

  /**
   * Numbers that are not negative compare as integers. They stay integers here, and what would be
   * methods of a line is written out: with more calls than this, C2 in some runs stops inlining,
   * and every vector becomes an object.
   */
  private static void largestMagnitudes(
      int components, float[] u, int at, float[] inverseSizes, float[] largest, int to) {
    IntVector left = IntVector.zero(INTS);
    IntVector right = left;
    for (int i = 0; i < components; i++) {
      FloatVector scale = FloatVector.broadcast(FLOATS, inverseSizes[i]);
      int row = at + i * PANEL;
      FloatVector l = FloatVector.fromArray(FLOATS, u, row).mul(scale);
      FloatVector r = FloatVector.fromArray(FLOATS, u, row + VL).mul(scale);
      left = left.max(l.reinterpretAsInts().and(Lanes.MAGNITUDE));
      right = right.max(r.reinterpretAsInts().and(Lanes.MAGNITUDE));
    }
    left.reinterpretAsFloats().intoArray(largest, to);
    right.reinterpretAsFloats().intoArray(largest, to + VL);
  }
}
