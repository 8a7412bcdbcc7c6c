package dev.limpid.explorer.help;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Help as wide as the terminal, with options under headings. */
public final class CommandHelp {
  private static final String ALL_OPTIONS = "[OPTIONS]";

  /** Names and value of an option that still stand beside their description. */
  private static final int WIDEST_OPTION = 24;

  private CommandHelp() {}

  /**
   * Sets how a command and those below it show their help. Modified.
   *
   * @param width how many columns a line may have
   */
  public static void install(CommandLine command, int width) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    usage
        .width(width)
        .longOptionsMaxWidth(WIDEST_OPTION)
        .abbreviateSynopsis(true)
        .commandListHeading("%nCommands:%n");
    if (!command.getCommandSpec().positionalParameters().isEmpty()) {
      usage.parameterListHeading("%n");
    }
    Map<String, CommandLine.IHelpSectionRenderer> sections = command.getHelpSectionMap();
    sections.put(UsageMessageSpec.SECTION_KEY_SYNOPSIS, CommandHelp::synopsis);
    sections.put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, CommandHelp::options);
    command.setHelpSectionMap(sections);
    command.getSubcommands().values().forEach(sub -> install(sub, width));
  }

  /** The options that a command cannot do without, and that there are others. */
  private static String synopsis(Help help) {
    String required =
        help.commandSpec().options().stream()
            .filter(OptionSpec::required)
            .map(option -> option.longestName() + "=" + option.paramLabel() + " ")
            .collect(Collectors.joining());
    return help.abbreviatedSynopsis().replace(ALL_OPTIONS, required + ALL_OPTIONS);
  }

  private static String options(Help help) {
    Map<Heading, List<OptionSpec>> groups = OptionGroups.of(help.commandSpec());
    return groups.entrySet().stream()
        .map(group -> heading(group.getKey()) + list(help, group.getValue()))
        .collect(Collectors.joining());
  }

  private static String heading(Heading heading) {
    return "%n%s:%n".formatted(heading);
  }

  private static String list(Help help, List<OptionSpec> options) {
    // The widths of the columns are those of all options, so that groups stand below one another.
    Help.Layout layout =
        help.createDefaultLayout(
            help.commandSpec().options(),
            help.commandSpec().positionalParameters(),
            help.colorScheme());
    layout.addOptions(options, help.createDefaultParamLabelRenderer());
    return layout.toString();
  }
}
