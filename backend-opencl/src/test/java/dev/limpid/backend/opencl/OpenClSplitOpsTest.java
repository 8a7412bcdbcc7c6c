package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.driver.Loader;
import dev.limpid.tensor.ops.AttentionContract;
import dev.limpid.tensor.ops.BackwardContract;
import dev.limpid.tensor.ops.BlocksContract;
import dev.limpid.tensor.ops.ContributionsContract;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightsContract;
import dev.limpid.tensor.spi.BackendSettings;
import org.junit.jupiter.api.Tag;

/**
 * Where products are those of tensor cores, emulated on the first device there is: the parts of the
 * contract that multiply. All else is the same as in {@link OpenClOpsTest}.
 */
@Tag("opencl")
final class OpenClSplitOpsTest
    implements WeightsContract,
        BlocksContract,
        AttentionContract,
        BackwardContract,
        ContributionsContract {
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
