package dev.limpid.backend.opencl;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.TensorOpsContract;
import dev.limpid.tensor.spi.Backends;
import org.junit.jupiter.api.Tag;

/** The contract on the first device there is. */
@Tag("opencl")
final class OpenClOpsTest implements TensorOpsContract {
  private static final TensorOps OPS = Backends.open("opencl");

  @Override
  public TensorOps ops() {
    return OPS;
  }
}
