package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import java.util.stream.IntStream;

/**
 * The positions at which a gradient may differ from 0: none behind the one that is read; of the
 * last layer's outputs and queries, that one alone. Products leave the others out.
 *
 * @param from the first
 * @param to behind the last
 */
record Reach(int from, int to) {

  /**
   * Takes a gradient [T, out] back through a linear map.
   *
   * @return [T, in], 0 at all other positions
   */
  Tensor back(TensorOps ops, PackedMatrix weight, Tensor gradient) {
    Tensor in = ops.zeros(gradient.dim(0), weight.inputs());
    ops.matmulTransposed(gradient.rows(from, to), weight, in.rows(from, to));
    return in;
  }

  /** Returns the positions. */
  IntStream positions() {
    return IntStream.range(from, to);
  }

  /** Returns all positions up to the last one, which attention reads, too. */
  Reach ofKeys() {
    return new Reach(0, to);
  }
}
