package dev.limpid.explorer.help;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion of commands and options for fish, which picocli does not make. */
public final class FishCompletion {
  private final PrintStream out;
  private final String program;

  private FishCompletion(PrintStream out, String program) {
    this.out = out;
    this.program = program;
  }

  /** Prints the lines for a program and all its commands. */
  public static void print(CommandLine root, PrintStream out) {
    FishCompletion fish = new FishCompletion(out, root.getCommandName());
    out.println("# Completion of " + root.getCommandName() + " for fish");
    fish.subcommands(root, "__fish_use_subcommand");
    root.getSubcommands().values().forEach(fish::command);
  }

  private void command(CommandLine command) {
    if (command.getCommandSpec().usageMessage().hidden()) {
      return;
    }
    String isGiven = "__fish_seen_subcommand_from " + command.getCommandName();
    subcommands(command, isGiven);
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        option(option, isGiven);
      }
    }
  }

  private void subcommands(CommandLine command, String condition) {
    for (CommandLine sub : command.getSubcommands().values()) {
      CommandSpec spec = sub.getCommandSpec();
      if (!spec.usageMessage().hidden()) {
        line(condition, "-f -a " + spec.name(), List.of(spec.usageMessage().description()));
      }
    }
  }

  private void option(OptionSpec option, String condition) {
    String names =
        OptionGroups.names(option)
            .map(name ->
                name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.substring(1))
            .collect(Collectors.joining(" "));
    String value = option.arity().max() == 0 ? "" : " -r" + choices(option);
    line(condition, names + value, List.of(option.description()));
  }

  private static String choices(OptionSpec option) {
    return option.type().isEnum()
        ? Stream.of(option.type().getEnumConstants())
            .map(Object::toString)
            .collect(Collectors.joining(" ", " -f -a '", "'"))
        : "";
  }

  private void line(String condition, String what, List<String> description) {
    out.printf(
        "complete -c %s -n '%s' %s -d '%s'%n",
        program, condition, what, quoted(firstSentence(description)));
  }

  /** Fish shows descriptions in one line beside the names. */
  private static String firstSentence(List<String> description) {
    return String.join(" ", description).replaceFirst("[.;(].*", "").strip();
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("'", "\\'");
  }
}
