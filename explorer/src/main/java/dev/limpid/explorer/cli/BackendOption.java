package dev.limpid.explorer.cli;

import dev.limpid.explorer.process.Console;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.Backends;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --backend}: what computes. */
final class BackendOption {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What computes (default: vector; 'limpid doctor' lists them).")
  private @Nullable String name;

  /** Opens the backend that was asked for; the default may fall back, with a warning. */
  TensorOps open(Console console) {
    return name == null ? Backends.openDefault(console::warn) : Backends.open(name);
  }
}
