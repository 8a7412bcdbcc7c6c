package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.TensorOpsContract;

/** The contract, kept by the fast implementation. */
final class VectorOpsTest implements TensorOpsContract {
  private static final VectorOps OPS = new VectorOps(2);

  @Override
  public TensorOps ops() {
    return OPS;
  }
}
