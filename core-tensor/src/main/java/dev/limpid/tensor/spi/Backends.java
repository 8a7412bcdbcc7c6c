package dev.limpid.tensor.spi;

import dev.limpid.tensor.ops.TensorOps;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Finds the backends on the module or class path and opens them by name. */
public final class Backends {
  private static final String PREFERRED = "vector";
  private static final String FALLBACK = "reference";

  private Backends() {}

  /** Returns all backends found, available or not, by name. */
  public static List<BackendProvider> all() {
    return ServiceLoader.load(BackendProvider.class, Backends.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(BackendProvider::name))
        .toList();
  }

  /**
   * Opens the backend of that name with default settings.
   *
   * @throws UnavailableBackendException if there is none of that name or it cannot run here
   */
  public static TensorOps open(String name) {
    return open(name, BackendSettings.DEFAULT);
  }

  /**
   * Opens the backend of that name.
   *
   * @throws UnavailableBackendException if there is none of that name, or it cannot run here, or
   *     not as the settings ask
   */
  public static TensorOps open(String name, BackendSettings settings) {
    BackendProvider provider = named(name);
    Optional<String> reason = provider.unavailableBecause();
    if (reason.isPresent()) {
      throw new UnavailableBackendException(
          "backend '" + name + "' is not available: " + reason.get());
    }
    return provider.open(settings);
  }

  /**
   * Opens the default with default settings, as {@link #openDefault(BackendSettings, Consumer)}.
   */
  public static TensorOps openDefault(Consumer<String> warnings) {
    return openDefault(BackendSettings.DEFAULT, warnings);
  }

  /**
   * Opens the default: {@code vector} where it can run, else {@code reference} after one warning
   * that says what to do.
   *
   * @throws UnavailableBackendException if it cannot run as the settings ask
   */
  public static TensorOps openDefault(BackendSettings settings, Consumer<String> warnings) {
    BackendProvider preferred = named(PREFERRED);
    Optional<String> reason = preferred.unavailableBecause();
    if (reason.isEmpty()) {
      return preferred.open(settings);
    }
    warnings.accept(
        "backend '%s' is not available, using the much slower '%s': %s"
            .formatted(PREFERRED, FALLBACK, reason.get()));
    return open(FALLBACK, settings);
  }

  private static BackendProvider named(String name) {
    return all().stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new UnavailableBackendException(
                "no backend named '"
                    + name
                    + "'; there are: "
                    + all().stream().map(BackendProvider::name).collect(Collectors.joining(", "))));
  }
}
