package dev.limpid.explorer.help;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** One man page for a program and all its commands, in the language of man(7). */
public final class ManPage {
  private final PrintStream out;

  private ManPage(PrintStream out) {
    this.out = out;
  }

  /**
   * Prints the page.
   *
   * @param version of the program
   */
  public static void print(CommandLine root, String version, PrintStream out) {
    new ManPage(out).page(root, version);
  }

  private void page(CommandLine root, String version) {
    CommandSpec spec = root.getCommandSpec();
    out.printf(
        ".TH %s 1 \"\" \"%s %s\"%n", spec.name().toUpperCase(Locale.ROOT), spec.name(), version);
    section("NAME");
    text(spec.name() + " - " + String.join(" ", spec.usageMessage().description()));
    section("SYNOPSIS");
    out.printf(".B %s%n%s%n", spec.name(), escaped("COMMAND [OPTIONS] [TEXT]"));
    section("COMMANDS");
    root.getSubcommands().values().forEach(this::command);
    section("EXIT STATUS");
    text("0: done. 1: failed; one line says where, what, and what to do. 2: wrong usage.");
  }

  private void command(CommandLine command) {
    CommandSpec spec = command.getCommandSpec();
    if (spec.usageMessage().hidden()) {
      return;
    }
    out.printf(".SS %s%n", escaped(spec.qualifiedName()));
    text(String.join(" ", spec.usageMessage().description()));
    spec.positionalParameters().forEach(p -> item(p.paramLabel(), p.description()));
    for (Map.Entry<Heading, List<OptionSpec>> group : OptionGroups.of(spec).entrySet()) {
      out.printf(".PP%n.I %s%n", group.getKey());
      group.getValue().forEach(option -> item(names(option), option.description()));
    }
    examples(List.of(spec.usageMessage().footer()));
    command.getSubcommands().values().forEach(this::command);
  }

  private static String names(OptionSpec option) {
    String value = option.arity().max() == 0 ? "" : "=" + option.paramLabel();
    return OptionGroups.names(option).collect(Collectors.joining(", ")) + value;
  }

  private void item(String term, String[] description) {
    out.printf(".TP%n.B %s%n", escaped(term));
    text(String.join(" ", description));
  }

  private void examples(List<String> lines) {
    if (!lines.isEmpty()) {
      out.println(".PP\n.nf");
      lines.forEach(line -> out.println(escaped(plain(line))));
      out.println(".fi");
    }
  }

  private void section(String name) {
    out.println(".SH " + name);
  }

  private void text(String text) {
    out.println(escaped(plain(text)));
  }

  /** Without the marks of colours and variables of picocli. */
  private static String plain(String text) {
    return Ansi.OFF.string(text);
  }

  /** A line must not begin with a dot or an apostrophe, and minus signs must stay what they are. */
  private static String escaped(String text) {
    String line = text.replace("\\", "\\e").replace("-", "\\-");
    return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
  }
}
