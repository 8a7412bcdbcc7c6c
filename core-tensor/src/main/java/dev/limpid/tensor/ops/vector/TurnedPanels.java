package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;

import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;

/**
 * A matrix in panels, read as its transpose: each block is turned over when a kernel needs it, as a
 * block in half precision is decoded. That costs a move for every element and every few hundred
 * rows, and no second copy of the weights.
 */
record TurnedPanels(Panels stored) implements RightOperand {
  @Override
  public int inputs() {
    return stored.outputs();
  }

  @Override
  public int outputs() {
    return stored.inputs();
  }

  @Override
  public float[] block(int panel, int first, int n, Scratch scratch) {
    float[] turned = scratch.floats(Use.TURNED, n * PANEL);
    int from = panel * PANEL;
    int width = Math.min(PANEL, outputs() - from);
    if (width < PANEL) {
      Arrays.fill(turned, 0, n * PANEL, 0);
    }
    for (int i = first; i < first + n; ) {
      int source = i / PANEL;
      int end = Math.min(first + n, (source + 1) * PANEL);
      float[] elements = stored.block(source, from, width, scratch);
      int at = stored.blockAt(source, from) + i - source * PANEL;
      turn(elements, at, width, end - i, turned, (i - first) * PANEL);
      i = end;
    }
    return turned;
  }

  @Override
  public int blockAt(int panel, int first) {
    return 0;
  }

  /** Writes rows [rows][PANEL], of which the first {@code columns} count, as columns. */
  private static void turn(float[] x, int at, int rows, int columns, float[] out, int outAt) {
    for (int r = 0; r < rows; r++) {
      int to = outAt + r;
      int row = at + r * PANEL;
      for (int i = row; i < row + columns; i++) {
        out[to] = x[i];
        to += PANEL;
      }
    }
  }
}
