package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;

/** Queries, keys and values cut off at -c and c, as some models do. */
final class Clip {
  private Clip() {}

  /** Cuts off x in place. */
  static void apply(TensorOps ops, double c, Tensor x) {
    ops.clip(x, (float) c, x);
  }

  /**
   * Takes a gradient back, in place: nothing goes through what was cut off.
   *
   * @param x [n, m] before it was cut off, not modified
   * @param gradient [n, m], modified
   */
  static void back(TensorOps ops, double c, Tensor x, Tensor gradient) {
    float[] values = x.toFloats();
    Tensor here = gradient.toHeap();
    for (int i = 0; i < values.length; i++) {
      if (Math.abs(values[i]) > (float) c) {
        here.array()[here.offset() + i] = 0;
      }
    }
    if (here != gradient) {
      ops.copy(here, gradient);
    }
  }
}
