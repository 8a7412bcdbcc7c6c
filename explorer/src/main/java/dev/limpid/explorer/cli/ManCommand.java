package dev.limpid.explorer.cli;

import dev.limpid.Version;
import dev.limpid.explorer.help.ManPage;
import dev.limpid.explorer.process.Console;
import dev.limpid.explorer.process.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code limpid man}: the man page, for whoever packs Limpid. */
@Command(
    name = "man",
    hidden = true,
    description = "Prints the man page of all commands.",
    footer = {"", "Examples:", "  limpid man > share/man/man1/limpid.1"})
final class ManCommand implements Callable<Integer> {
  private final Console console;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  ManCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ManPage.print(spec.root().commandLine(), Version.limpid(), console.out());
    return ExitCode.DONE;
  }
}
