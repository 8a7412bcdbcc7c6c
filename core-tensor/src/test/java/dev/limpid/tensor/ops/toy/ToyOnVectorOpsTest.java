package dev.limpid.tensor.ops.toy;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.TensorOpsContract;
import dev.limpid.tensor.ops.vector.VectorOps;

/** The same contract with fast kernels inside, as other modules use the toy. */
final class ToyOnVectorOpsTest implements TensorOpsContract {
  private static final ToyOps OPS = new ToyOps(new VectorOps(2));

  @Override
  public TensorOps ops() {
    return OPS;
  }
}
