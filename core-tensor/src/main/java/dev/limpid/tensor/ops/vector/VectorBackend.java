package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendProvider;
import dev.limpid.tensor.spi.BackendSettings;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

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
    try {
      // Not ModuleLayer.boot(): the module can also be in a layer that was added at run time.
      Class.forName(
          "jdk.incubator.vector.FloatVector", false, VectorBackend.class.getClassLoader());
      return Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.of(
          "the module jdk.incubator.vector is not loaded; add the flag"
              + " --add-modules jdk.incubator.vector to java");
    }
  }

  @Override
  public String details() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize() + "-bit vectors";
  }

  @Override
  public TensorOps open(BackendSettings settings) {
    settings.requireNoDevice(name());
    WarmUp.start();
    return settings.threads() == 0 ? new VectorOps() : new VectorOps(settings.threads());
  }
}
