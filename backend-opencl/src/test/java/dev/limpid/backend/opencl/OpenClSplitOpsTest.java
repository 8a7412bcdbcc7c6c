package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.driver.Loader;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.TensorOpsContract;
import dev.limpid.tensor.spi.BackendSettings;
import org.junit.jupiter.api.Tag;

/** The contract where products are those of tensor cores, emulated on the first device there is. */
@Tag("opencl")
final class OpenClSplitOpsTest implements TensorOpsContract {
  private static final TensorOps OPS = open(TensorCores.Choice.EMULATED);

  static TensorOps open(TensorCores.Choice choice) {
    return new OpenClBackend(Loader.ofSystem()::load, ProgramCache.ofUser(), () -> choice)
        .open(BackendSettings.DEFAULT);
  }

  @Override
  public TensorOps ops() {
    return OPS;
  }
}
