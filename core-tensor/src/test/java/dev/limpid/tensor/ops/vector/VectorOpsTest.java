package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.TensorOpsContract;

/** The contract, kept by the fast implementation. */
final class VectorOpsTest extends TensorOpsContract {
  private static final VectorOps OPS = new VectorOps(2);

  @Override
  protected TensorOps ops() {
    return OPS;
  }
}
