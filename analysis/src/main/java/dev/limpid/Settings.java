package dev.limpid;

import dev.limpid.model.load.LayerStorage;
import dev.limpid.models.ModelLocator;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.Backends;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a model is found and opened.
 *
 * @param locator finds models by name
 * @param backend what computes, by name; empty: that of the device; else {@code vector}, or {@code
 *     reference} with a warning where the vector module is missing
 * @param computing threads and device
 * @param storage whether all layers are kept in memory
 * @param progress hears of the layers read
 * @param warnings hears, a line each, of what a user should know
 */
public record Settings(
    ModelLocator locator,
    Optional<String> backend,
    BackendSettings computing,
    LayerStorage storage,
    Progress progress,
    Consumer<String> warnings) {

  /** Returns the settings of this user: models where the environment says, the fast backend. */
  public static Settings defaults() {
    return new Settings(
        ModelLocator.ofUser(System.getenv()),
        Optional.empty(),
        BackendSettings.DEFAULT,
        LayerStorage.AUTOMATIC,
        Progress.NONE,
        line -> System.getLogger("dev.limpid").log(System.Logger.Level.WARNING, line));
  }

  /** Returns the same with another way to find models. */
  public Settings withLocator(ModelLocator other) {
    return new Settings(other, backend, computing, storage, progress, warnings);
  }

  /** Returns the same with a backend chosen by name. */
  public Settings withBackend(String name) {
    return new Settings(locator, Optional.of(name), computing, storage, progress, warnings);
  }

  /** Returns the same on that many threads; 0 for one on each processor. */
  public Settings withThreads(int threads) {
    BackendSettings other = computing.withThreads(threads);
    return new Settings(locator, backend, other, storage, progress, warnings);
  }

  /**
   * Returns the same on a device: one of the backend, where that is chosen by name; else any, such
   * as {@code opencl:0}, or {@code auto}.
   */
  public Settings withDevice(String device) {
    BackendSettings other = computing.withDevice(device);
    return new Settings(locator, backend, other, storage, progress, warnings);
  }

  /** Returns the same with another place for the layers. */
  public Settings withStorage(LayerStorage other) {
    return new Settings(locator, backend, computing, other, progress, warnings);
  }

  /** Returns the same with somebody who hears how far it is. */
  public Settings withProgress(Progress other) {
    return new Settings(locator, backend, computing, storage, other, warnings);
  }

  /** Returns the same with somebody who hears warnings. */
  public Settings withWarnings(Consumer<String> other) {
    return new Settings(locator, backend, computing, storage, progress, other);
  }

  /** Opens the backend. */
  TensorOps openBackend() {
    return Backends.open(backend, computing, warnings);
  }
}
