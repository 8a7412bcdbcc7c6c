package dev.limpid.tensor.spi;

import dev.limpid.tensor.ops.TensorOps;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the backends on the module or class path and opens them by name. */
public final class Backends {
  private static final String PREFERRED = "vector";
  private static final String FALLBACK = "reference";
  private static final String AUTO = "auto";

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

  /**
   * Opens what settings ask for: the backend of that name; or that of the device, as {@link
   * #openOn}; or the default.
   *
   * @param name of a backend; empty where the device or the default decides
   * @throws UnavailableBackendException if it is not there or cannot run as the settings ask
   */
  public static TensorOps open(
      Optional<String> name, BackendSettings settings, Consumer<String> warnings) {
    if (name.isPresent()) {
      return open(name.get(), settings);
    }
    return settings.device().isPresent()
        ? openOn(settings.device().get(), settings, warnings)
        : openDefault(settings, warnings);
  }

  /**
   * Opens the backend that a device belongs to, on that device.
   *
   * @param device {@code NAME:N} for the device of that name; {@code NAME} for the first of a
   *     backend; {@code auto} for the first that is no processor after all, or, where there is
   *     none, for the default, after one warning
   * @throws UnavailableBackendException if there is no such device or it cannot be used
   */
  public static TensorOps openOn(
      String device, BackendSettings settings, Consumer<String> warnings) {
    if (device.equals(AUTO)) {
      return devices()
          .filter(d -> !d.isProcessor() && d.unusableBecause().isEmpty())
          .findFirst()
          .map(d -> openOn(d.name(), settings, warnings))
          .orElseGet(() -> {
            warnings.accept(
                "no device was found that is not the processor; computing on the processor");
            return openDefault(BackendSettings.DEFAULT.withThreads(settings.threads()), warnings);
          });
    }
    String backend = device.replaceFirst(":.*", "");
    boolean isKnown =
        all().stream().anyMatch(provider -> provider.name().equals(backend) && !isPlain(backend));
    if (!isKnown) {
      String known = devices().map(BackendDevice::name).collect(Collectors.joining(", "));
      throw new UnavailableBackendException(
          "no device named '%s'; there %s"
              .formatted(device, known.isEmpty() ? "is none" : "are: " + known));
    }
    return open(backend, settings.withDevice(device));
  }

  private static boolean isPlain(String backend) {
    return backend.equals(PREFERRED) || backend.equals(FALLBACK);
  }

  private static Stream<BackendDevice> devices() {
    return all().stream().flatMap(provider -> provider.devices().stream());
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
