package dev.limpid.explorer.cli;

import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.UsageFailure;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendSettings;
import dev.limpid.tensor.spi.Backends;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --backend}, {@code --threads} and {@code --device}: what computes. */
@OptionGroup(Heading.COMPUTATION)
final class BackendOption {
  private static final Set<String> ON_PROCESSOR = Set.of("vector", "reference");

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What computes (default: vector; 'limpid doctor' lists them).")
  private @Nullable String name;

  @Option(
      names = "--threads",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "How many threads compute; 0 for as many as there are processors (default: 0). Results do"
              + " not depend on it.")
  private int threads;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      description =
          "Where to compute: a device that 'limpid doctor' lists, such as opencl:0; 'opencl' for"
              + " the first; 'auto' for a GPU if there is one (default: the processor).")
  private @Nullable String device;

  /** Opens the backend that was asked for; the default may fall back, with a warning. */
  TensorOps open(Console console) {
    return open(console, threads);
  }

  /** Opens it for another number of threads than was asked for. */
  TensorOps open(Console console, int ofThreads) {
    BackendSettings settings = settings().withThreads(ofThreads);
    TensorOps ops = Backends.open(Optional.ofNullable(name), settings, console::warn);
    new DeviceReport(ops, console).useAtEnd();
    return ops;
  }

  /** Returns how many threads were asked for, at least 1. */
  int threads() {
    settings(); // checks the number
    return threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
  }

  /** Returns whether the processor computes, whose threads may be shared out at will. */
  boolean isOnProcessor() {
    return device == null && (name == null || ON_PROCESSOR.contains(name));
  }

  private BackendSettings settings() {
    if (threads < 0) {
      throw new UsageFailure("--threads: " + threads + "; give 1 or more, or 0 for all processors");
    }
    BackendSettings settings = BackendSettings.DEFAULT.withThreads(threads);
    return device == null ? settings : settings.withDevice(device);
  }
}
