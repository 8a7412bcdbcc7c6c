package dev.limpid.tensor.spi;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a backend is asked to compute on.
 *
 * @param threads how many threads of this machine, the calling one included; 0 for as many as it
 *     has processors
 * @param device by the name that the backend gives it; empty for the backend's own choice
 * @param deviceMemory the most bytes of a device's memory to take; empty for nearly all
 */
public record BackendSettings(int threads, Optional<String> device, OptionalLong deviceMemory) {
  /** All processors, and the device that the backend chooses. */
  public static final BackendSettings DEFAULT =
      new BackendSettings(0, Optional.empty(), OptionalLong.empty());

  /** Checks that the number of threads is not negative. */
  public BackendSettings {
    if (threads < 0) {
      throw new IllegalArgumentException(
          threads + " threads; give 1 or more, or 0 for all processors");
    }
    if (deviceMemory.isPresent() && deviceMemory.getAsLong() < 1) {
      throw new IllegalArgumentException(
          "a device's memory of " + deviceMemory.getAsLong() + " bytes; give more");
    }
  }

  /** Returns these settings with another number of threads, 0 for all processors. */
  public BackendSettings withThreads(int threads) {
    return new BackendSettings(threads, device, deviceMemory);
  }

  /** Returns these settings with a device asked for by name. */
  public BackendSettings withDevice(String device) {
    return new BackendSettings(threads, Optional.of(device), deviceMemory);
  }

  /** Returns these settings with a bound for what is taken of a device's memory. */
  public BackendSettings withDeviceMemory(long bytes) {
    return new BackendSettings(threads, device, OptionalLong.of(bytes));
  }

  /**
   * Checks that no device was asked for; called by a backend that has none.
   *
   * @throws UnavailableBackendException if one was
   */
  public void requireNoDevice(String backend) {
    if (device.isPresent()) {
      throw new UnavailableBackendException(
          "backend '%s' has no device '%s': it computes on the processor; leave the device out"
              .formatted(backend, device.get()));
    }
  }
}
