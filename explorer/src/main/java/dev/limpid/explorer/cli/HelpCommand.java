package dev.limpid.explorer.cli;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.process.UsageFailure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** {@code limpid help}: help of a command, also of one below another, as {@code models pull} is. */
@Command(
    name = "help",
    description = "Shows the help of a command, or lists all commands.",
    footer = {"", "Examples:", "  limpid help explain", "  limpid help models pull"})
final class HelpCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND",
      hideParamSyntax = true,
      description = "The command, such as: explain, or: models pull (default: none).")
  private List<String> names = List.of();

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine asked = spec.root().commandLine();
    for (String name : names) {
      asked = below(asked, name);
    }
    asked.usage(asked.getOut(), asked.getColorScheme());
    return ExitCode.DONE;
  }

  private static CommandLine below(CommandLine parent, String name) {
    if (parent.getSubcommands().isEmpty()) {
      throw new UsageFailure(
          "'%s' is one word too many: %s has no commands below it"
              .formatted(name, parent.getCommandSpec().qualifiedName()));
    }
    CommandLine command = parent.getSubcommands().get(name);
    if (command == null) {
      throw new UnmatchedArgumentException(parent, List.of(name));
    }
    return command;
  }
}
