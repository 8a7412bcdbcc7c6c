package dev.limpid.explorer.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code limpid models pull}: downloads a model. */
@Command(name = "pull", description = "Downloads a model.")
final class ModelsPullCommand implements Callable<Integer> {
  private final Console console;

  ModelsPullCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    throw new CommandFailure(console.toString());
  }
}
