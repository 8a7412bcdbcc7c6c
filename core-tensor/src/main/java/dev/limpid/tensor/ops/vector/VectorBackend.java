package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendProvider;
import java.util.Optional;

/** Opens {@link VectorOps} where the incubator module is there. */
public final class VectorBackend implements BackendProvider {
  /** Called by ServiceLoader. */
  public VectorBackend() {}

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public Optional<String> unavailableBecause() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? Optional.empty()
        : Optional.of(
            "the module jdk.incubator.vector is not loaded; add the flag"
                + " --add-modules jdk.incubator.vector to java");
  }

  @Override
  public TensorOps open() {
    WarmUp.start();
    return new VectorOps();
  }
}
