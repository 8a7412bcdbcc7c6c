package dev.limpid.explorer.cli;

import dev.limpid.explorer.help.Heading;
import dev.limpid.explorer.help.OptionGroup;
import dev.limpid.explorer.process.UsageFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code limpid} itself: what all subcommands share. */
@Command(
    name = "limpid",
    description = "Shows how a transformer comes to its prediction.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = VersionProvider.class,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  limpid explain \"When Mary and John went to the store, John gave a drink to\"",
      "  limpid doctor",
      "  limpid models list",
      "",
      "'limpid help COMMAND' shows the options of a command, with examples."
    },
    showEndOfOptionsDelimiterInUsageHelp = false)
final class RootCommand implements Runnable {
  // Read before parsing, so that errors of parsing honour it too (see Limpid).
  @OptionGroup(Heading.GENERAL)
  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Show stack traces of errors, and what a device did.")
  @SuppressWarnings("UnusedVariable")
  private boolean debug;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Override
  public void run() {
    CommandLine command = spec.commandLine();
    command.usage(command.getErr(), command.getColorScheme());
    throw new UsageFailure("no command given");
  }
}
