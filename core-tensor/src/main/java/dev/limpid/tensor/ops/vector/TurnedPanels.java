package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.ops.vector.Scratch.Use;

/**
 * A matrix in panels, read as its transpose: each block is turned over when a kernel needs it, as a
 * block in half precision is decoded. That costs a few moves for every vector and every few hundred
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
    return turned(panel, panel + 1, first, n, scratch);
  }

  /** All panels at once: what they read lies side by side, and memory brings what is in order. */
  @Override
  public Blocks blocks(int from, int to, int first, int n, Scratch scratch) {
    float[] turned = turned(from, to, first, n, scratch);
    return new Blocks() {
      @Override
      public float[] of(int panel) {
        return turned;
      }

      @Override
      public int at(int panel) {
        return (panel - from) * n * PANEL;
      }
    };
  }

  /** Returns inputs {@code first} to {@code first} + n of some panels, [panel][n][PANEL]. */
  private float[] turned(int from, int to, int first, int n, Scratch scratch) {
    float[] turned = scratch.floats(Use.TURNED, (to - from) * n * PANEL);
    int column = from * PANEL;
    int width = Math.min(to * PANEL, outputs()) - column;
    for (int i = 0; i < n; i += PANEL) {
      int source = (first + i) / PANEL;
      int height = Math.min(PANEL, n - i);
      if (stored.hasHalves()) {
        turnHalves(source, column, width, height, n, turned, i * PANEL, scratch);
      } else {
        float[] elements = stored.block(source, column, width, scratch);
        int at = stored.blockAt(source, column);
        for (int c = 0; c < width; c += PANEL) {
          int rows = Math.min(PANEL, width - c);
          int out = i * PANEL + c * n;
          Turning.turn(elements, at + c * PANEL, PANEL, rows, height, PANEL, turned, out, scratch);
        }
      }
    }
    return turned;
  }

  /** Turns two elements at once: while they are halves, both lie in one lane. */
  private void turnHalves(
      int source, int column, int width, int height, int n, float[] out, int at, Scratch scratch) {
    int from = stored.at(source, column);
    float[] turned = scratch.floats(Use.TURNED_HALVES, VL * PANEL);
    for (int c = 0; c < width; c += PANEL) {
      int rows = Math.min(PANEL, width - c);
      Turning.turn(stored.elements(), from + c * VL, VL, rows, VL, PANEL, turned, 0, scratch);
      HalfPrecision.decodeTurned(stored.dtype(), turned, height, out, at + c * n);
    }
  }

  @Override
  public boolean readsTogether() {
    return true;
  }

  /** Whole panels: the elements of one are turned together. */
  @Override
  public int grain() {
    return PANEL;
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
}
