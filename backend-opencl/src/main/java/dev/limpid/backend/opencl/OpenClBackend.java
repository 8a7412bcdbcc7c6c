package dev.limpid.backend.opencl;

import dev.limpid.backend.opencl.driver.Loader;
import dev.limpid.backend.opencl.driver.NoDriverException;
import dev.limpid.backend.opencl.driver.OpenCl;
import dev.limpid.tensor.DeviceException;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendDevice;
import dev.limpid.tensor.spi.BackendProvider;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.UnavailableBackendException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens {@link OpenClOps} on a device that has a driver. */
public final class OpenClBackend implements BackendProvider {
  static final String NAME = "opencl";

  private final Supplier<OpenCl> loading;
  private final ProgramCache cache;
  private final Supplier<TensorCores.Choice> choosing;

  /** Called by ServiceLoader. */
  public OpenClBackend() {
    this(
        Loader.ofSystem()::load,
        ProgramCache.ofUser(),
        () -> TensorCores.Choice.of(System.getenv()));
  }

  OpenClBackend(
      Supplier<OpenCl> loading, ProgramCache cache, Supplier<TensorCores.Choice> choosing) {
    this.loading = loading;
    this.cache = cache;
    this.choosing = choosing;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Optional<String> unavailableBecause() {
    try {
      List<OpenClDevice> devices = OpenClDevice.all(loading.get());
      if (devices.stream().anyMatch(device -> device.unusableBecause().isEmpty())) {
        return Optional.empty();
      }
      return Optional.of(
          devices.isEmpty()
              ? "OpenCL finds no device: install the driver of one (Debian's pocl-opencl-icd makes"
                  + " one of the processor)"
              : "none of its devices can be used: "
                  + devices.stream()
                      .map(d -> d.title() + ": " + d.unusableBecause().orElseThrow())
                      .collect(Collectors.joining("; ")));
    } catch (NoDriverException | DeviceException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public String details() {
    OpenCl driver = loading.get();
    List<OpenClDevice> all = OpenClDevice.all(driver);
    return Stream.concat(
            Stream.of(all.size() == 1 ? "1 device" : all.size() + " devices"),
            all.stream().flatMap(device -> onTensorCores(driver, device).stream()))
        .collect(Collectors.joining("; "));
  }

  /** What is said of a device that may have some: they are tried, as when it is opened. */
  private Optional<String> onTensorCores(OpenCl driver, OpenClDevice device) {
    if (device.unusableBecause().isPresent() || !TensorCores.mayBeUsed(device, choosing.get())) {
      return Optional.empty();
    }
    try {
      Session session = new Session(driver.on(device.name()), device, cache, budget(device));
      return Optional.of(device.name() + ": " + TensorCores.of(session, choosing.get()).words());
    } catch (DeviceException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public List<BackendDevice> devices() {
    try {
      return OpenClDevice.all(loading.get()).stream().map(OpenClDevice::description).toList();
    } catch (NoDriverException | DeviceException e) {
      return List.of();
    }
  }

  @Override
  public TensorOps open(BackendSettings settings) {
    OpenCl driver = loading.get();
    List<OpenClDevice> devices = OpenClDevice.all(driver);
    OpenClDevice device = choose(devices, settings.device().orElse(NAME));
    TensorCores.Choice choice = choosing.get();
    long most = budget(device);
    long budget = Math.min(most, settings.deviceMemory().orElse(most));
    Session session = new Session(driver.on(device.name()), device, cache, budget);
    TensorCores tensorCores = TensorCores.of(session, choice);
    // An instruction that fails may have spoilt all that the context computes behind it.
    return new OpenClOps(
        tensorCores.failed()
            ? new Session(driver.on(device.name()), device, cache, budget)
            : session,
        tensorCores);
  }

  /** A driver needs some memory itself. */
  private static long budget(OpenClDevice device) {
    return device.memory() / 20 * 19;
  }

  private static OpenClDevice choose(List<OpenClDevice> devices, String name) {
    if (name.equals(NAME)) {
      return devices.stream()
          .filter(device -> device.unusableBecause().isEmpty())
          .findFirst()
          .orElseThrow(() -> new UnavailableBackendException("OpenCL finds no device"));
    }
    OpenClDevice device =
        devices.stream()
            .filter(d -> d.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new UnavailableBackendException(missing(devices, name)));
    if (device.unusableBecause().isPresent()) {
      throw new UnavailableBackendException(
          "%s (%s) cannot be used: %s"
              .formatted(name, device.title(), device.unusableBecause().get()));
    }
    return device;
  }

  private static String missing(List<OpenClDevice> devices, String name) {
    return "there is no device '%s'; there are: %s"
        .formatted(
            name,
            devices.stream()
                .map(d -> d.name() + " (" + d.title() + ")")
                .collect(Collectors.joining(", ")));
  }
}
