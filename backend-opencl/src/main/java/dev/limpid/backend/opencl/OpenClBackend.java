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

/** Opens {@link OpenClOps} on a device that has a driver. */
public final class OpenClBackend implements BackendProvider {
  static final String NAME = "opencl";

  private final Supplier<OpenCl> loading;
  private final ProgramCache cache;

  /** Called by ServiceLoader. */
  public OpenClBackend() {
    this(Loader.ofSystem()::load, ProgramCache.ofUser());
  }

  OpenClBackend(Supplier<OpenCl> loading, ProgramCache cache) {
    this.loading = loading;
    this.cache = cache;
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
    int n = devices().size();
    return n == 1 ? "1 device" : n + " devices";
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
    long most = device.memory() / 20 * 19; // a driver needs some itself
    long budget = Math.min(most, settings.deviceMemory().orElse(most));
    return new OpenClOps(new Session(driver.on(device.name()), device, cache, budget));
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
