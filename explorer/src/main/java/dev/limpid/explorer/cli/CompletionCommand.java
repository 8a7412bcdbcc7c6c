package dev.limpid.explorer.cli;

import dev.limpid.explorer.help.FishCompletion;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limpid completion}: the lines that let a shell complete commands and options. */
@Command(
    name = "completion",
    description = "Prints what a shell needs to complete commands and options.",
    footer = {
      "",
      "Examples:",
      "  source <(limpid completion)                                bash, zsh",
      "  limpid completion fish > ~/.config/fish/completions/limpid.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  /** A shell. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Console console;

  @Parameters(
      arity = "0..1",
      paramLabel = "bash|zsh|fish",
      description = "The shell (default: bash; zsh takes the same).")
  private Shell shell = Shell.BASH;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    switch (shell) {
      case BASH, ZSH -> console.out().print(AutoComplete.bash(root.getCommandName(), root));
      case FISH -> FishCompletion.print(root, console.out());
    }
    return ExitCode.DONE;
  }
}
