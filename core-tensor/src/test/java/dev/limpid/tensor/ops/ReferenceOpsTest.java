package dev.limpid.tensor.ops;

/** The contract, kept by the naive loops. */
final class ReferenceOpsTest extends TensorOpsContract {
  @Override
  protected TensorOps ops() {
    return new ReferenceOps();
  }
}
