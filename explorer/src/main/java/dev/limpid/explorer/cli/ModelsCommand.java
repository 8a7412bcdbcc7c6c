package dev.limpid.explorer.cli;

import dev.limpid.explorer.process.UsageFailure;
import picocli.CommandLine.Command;

/** {@code limpid models}: what {@code --model} can be. */
@Command(
    name = "models",
    description = "Lists, describes and downloads models.",
    footer = {"", "Examples:", "  limpid models list", "  limpid models info demo-gpt2"})
final class ModelsCommand implements Runnable {
  @Override
  public void run() {
    throw new UsageFailure("models: say which: list, info or pull");
  }
}
