package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * A matrix in panels, read as its transpose: each block is turned over when a kernel needs it, as a
 * block in half precision is decoded. That costs a few moves for every vector and every few hundred
 * rows, and no second copy of the weights.
 *
 * <p>A square of as many rows as a vector has lanes is turned by repeated zips: row i with row i +
 * VL/2 gives rows 2i and 2i + 1. Each takes one bit from the front of the row's number to the end
 * of the column's, and one the other way, so that after log VL of them rows are columns.
 */
record TurnedPanels(Panels stored) implements RightOperand {
  private static final VectorShuffle<Float> FIRST_HALF =
      VectorShuffle.fromOp(FLOATS, lane -> lane / 2);
  private static final VectorShuffle<Float> SECOND_HALF =
      VectorShuffle.fromOp(FLOATS, lane -> (VL + lane) / 2);
  private static final VectorMask<Float> ODD = VectorMask.fromLong(FLOATS, 0xaaaa_aaaa_aaaa_aaaaL);
  private static final int ZIPS = Integer.numberOfTrailingZeros(VL);
  private static final int SQUARE = VL * VL;

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
    float[] squares = scratch.floats(Use.SQUARES, 2 * SQUARE);
    for (int i = first; i < first + n; ) {
      int source = i / PANEL;
      int end = Math.min(first + n, (source + 1) * PANEL);
      float[] elements = stored.block(source, from, width, scratch);
      int at = stored.blockAt(source, from) + i - source * PANEL;
      turn(elements, at, width, end - i, turned, (i - first) * PANEL, squares);
      i = end;
    }
    return turned;
  }

  @Override
  public int grain() {
    return 2;
  }

  @Override
  public int blockAt(int panel, int first) {
    return 0;
  }

  @Override
  public int stored(int n) {
    return Math.ceilDiv(n, PANEL) * stored.stored(PANEL);
  }

  @Override
  public void ask(int panel, int first, int from, int to) {
    int input = panel * PANEL;
    int width = stored.stored(Math.min(PANEL, outputs() - input));
    int each = stored.stored(PANEL);
    for (int vector = from; vector < to; ) {
      int source = first / PANEL + vector / each;
      int within = vector % each;
      int n = Math.min(each - within, to - vector);
      if (source < stored.count()) {
        stored.ask(source, input, Math.min(within, width), Math.min(within + n, width));
      }
      vector += n;
    }
  }

  /** Writes rows [rows][PANEL], of which the first {@code columns} count, as columns. */
  private static void turn(
      float[] x, int at, int rows, int columns, float[] out, int outAt, float[] squares) {
    int wholeRows = rows - rows % VL;
    int wholeColumns = columns - columns % VL;
    for (int r = 0; r < wholeRows; r += VL) {
      for (int c = 0; c < wholeColumns; c += VL) {
        turnSquare(x, at + r * PANEL + c, out, outAt + c * PANEL + r, squares);
      }
    }
    turnSingly(x, at, 0, wholeRows, wholeColumns, columns, out, outAt);
    turnSingly(x, at, wholeRows, rows, 0, columns, out, outAt);
  }

  private static void turnSquare(float[] x, int at, float[] out, int outAt, float[] squares) {
    zip(x, at, PANEL, squares, 0, VL);
    int now = 0;
    for (int i = 2; i < ZIPS; i++) {
      zip(squares, now, VL, squares, SQUARE - now, VL);
      now = SQUARE - now;
    }
    zip(squares, now, VL, out, outAt, PANEL);
  }

  private static void zip(float[] x, int at, int stride, float[] out, int outAt, int outStride) {
    for (int i = 0; i < VL / 2; i++) {
      FloatVector upper = FloatVector.fromArray(FLOATS, x, at + i * stride);
      FloatVector lower = FloatVector.fromArray(FLOATS, x, at + (i + VL / 2) * stride);
      int to = outAt + 2 * i * outStride;
      upper.rearrange(FIRST_HALF).blend(lower.rearrange(FIRST_HALF), ODD).intoArray(out, to);
      upper
          .rearrange(SECOND_HALF)
          .blend(lower.rearrange(SECOND_HALF), ODD)
          .intoArray(out, to + outStride);
    }
  }

  /** Turns what is left at the edges. */
  private static void turnSingly(
      float[] x, int at, int row, int rows, int column, int columns, float[] out, int outAt) {
    for (int r = row; r < rows; r++) {
      for (int c = column; c < columns; c++) {
        out[outAt + c * PANEL + r] = x[at + r * PANEL + c];
      }
    }
  }
}
