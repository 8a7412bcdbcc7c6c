package dev.limpid.tensor.spi;

import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Optional;

/** Opens {@link ReferenceOps}, which runs everywhere, on one thread whatever it is asked for. */
public final class ReferenceBackend implements BackendProvider {
  /** Called by ServiceLoader. */
  public ReferenceBackend() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Optional<String> unavailableBecause() {
    return Optional.empty();
  }

  @Override
  public String details() {
    return "plain loops, slow and exact";
  }

  @Override
  public TensorOps open(BackendSettings settings) {
    settings.requireNoDevice(name());
    return new ReferenceOps();
  }
}
