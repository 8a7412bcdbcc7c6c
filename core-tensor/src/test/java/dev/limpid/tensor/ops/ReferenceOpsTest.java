package dev.limpid.tensor.ops;

/** The contract, kept by the naive loops. */
final class ReferenceOpsTest implements TensorOpsContract {
  @Override
  public TensorOps ops() {
    return new ReferenceOps();
  }
}
