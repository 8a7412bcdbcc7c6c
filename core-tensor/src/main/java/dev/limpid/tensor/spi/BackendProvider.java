package dev.limpid.tensor.spi;

import dev.limpid.tensor.ops.TensorOps;
import java.util.List;
import java.util.Optional;

/** Opens one implementation of {@link TensorOps}, or says why it cannot; found by ServiceLoader. */
public interface BackendProvider {
  /** Returns the name users choose it by, lower case. */
  String name();

  /** Returns why it cannot run here, in words a user can act on; empty if it can. */
  Optional<String> unavailableBecause();

  /**
   * Returns what it would run on, in a few words such as "512-bit vectors"; only called where
   * {@link #unavailableBecause()} is empty.
   */
  default String details() {
    return "";
  }

  /** Returns the devices there are to choose from; none where it computes on the processor. */
  default List<BackendDevice> devices() {
    return List.of();
  }

  /**
   * Opens the implementation; only called where {@link #unavailableBecause()} is empty.
   *
   * @throws UnavailableBackendException if it has no such device
   */
  TensorOps open(BackendSettings settings);
}
