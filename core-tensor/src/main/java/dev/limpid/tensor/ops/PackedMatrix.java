package dev.limpid.tensor.ops;

import dev.limpid.tensor.DType;

/**
 * A weight matrix in the form an implementation of {@link TensorOps} likes best; made once by
 * {@link TensorOps#pack}, immutable, and only understood by the implementation that made it.
 */
public interface PackedMatrix {
  /** Returns the length of an input row. */
  int inputs();

  /** Returns the length of an output row. */
  int outputs();

  /** Returns the type of the elements, which quantised ones have when they are read. */
  DType dtype();

  /** Returns whether it was made by {@link TensorOps#packBothWays}. */
  boolean bothWays();

  /** Returns the memory that the elements take, without what fills up the last panel. */
  default long bytes() {
    return (long) inputs() * outputs() * dtype().bytes();
  }

  /**
   * Returns the part of this matrix that inputs {@code from} (inclusive) to {@code to} (exclusive)
   * go through, sharing storage: for the output projection of attention, the part of one head. It
   * is read in one direction alone.
   */
  PackedMatrix inputs(int from, int to);
}
