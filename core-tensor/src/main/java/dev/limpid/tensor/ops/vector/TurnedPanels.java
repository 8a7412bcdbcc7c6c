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
    float[] turned = scratch.floats(Use.TURNED, n * PANEL);
    int from = panel * PANEL;
    int width = Math.min(PANEL, outputs() - from);
    for (int i = 0; i < n; i += PANEL) {
      int source = (first + i) / PANEL;
      int height = Math.min(PANEL, n - i);
      if (stored.hasHalves()) {
        turnHalves(source, from, width, height, turned, i * PANEL, scratch);
      } else {
        float[] elements = stored.block(source, from, width, scratch);
        int at = stored.blockAt(source, from);
        Turning.turn(elements, at, PANEL, width, height, PANEL, turned, i * PANEL, scratch);
      }
    }
    return turned;
  }

  /** Turns two elements at once: while they are halves, both lie in one lane. */
  private void turnHalves(
      int source, int from, int width, int height, float[] out, int at, Scratch scratch) {
    float[] halves = scratch.floats(Use.HALVES, width * VL);
    HalfPrecision.copyBits(stored.halves(), stored.halvesAt(source, from), width, halves);
    float[] turned = scratch.floats(Use.TURNED_HALVES, VL * PANEL);
    Turning.turn(halves, 0, VL, width, VL, PANEL, turned, 0, scratch);
    HalfPrecision.decodeTurned(stored.dtype(), turned, height, out, at);
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
