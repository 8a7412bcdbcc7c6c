package dev.limpid.tensor.ops.toy;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ops.PackedMatrix;

/** A weight in the memory of the toy device. */
record ToyMatrix(PackedMatrix inside) implements PackedMatrix {
  @Override
  public int inputs() {
    return inside.inputs();
  }

  @Override
  public int outputs() {
    return inside.outputs();
  }

  @Override
  public DType dtype() {
    return inside.dtype();
  }

  @Override
  public boolean bothWays() {
    return inside.bothWays();
  }

  @Override
  public long bytes() {
    return inside.bytes();
  }

  @Override
  public ToyMatrix inputs(int from, int to) {
    return new ToyMatrix(inside.inputs(from, to));
  }
}
