package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.show.TerminalText;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What commands say of themselves: help, man page, completion. */
class HelpTest {
  @TempDir Path home;

  private LimpidRun run(int columns, String... arguments) {
    LimpidRun run = new LimpidRun.World(home).with("COLUMNS", columns).run(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    return run;
  }

  /** All commands, with those below others. */
  private List<CommandLine> commands() {
    CommandLine root = Commands.root();
    ByteArrayOutputStream none = new ByteArrayOutputStream();
    Commands.all(new LimpidRun.World(home).console(none, none))
        .forEach((name, command) -> root.addSubcommand(name, command.get()));
    List<CommandLine> all = new ArrayList<>();
    add(root, all);
    assertThat(all).hasSizeGreaterThan(17);
    return all;
  }

  private static void add(CommandLine command, List<CommandLine> all) {
    all.add(command);
    command.getSubcommands().values().forEach(sub -> add(sub, all));
  }

  private String help(int columns, CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    List<String> words = new ArrayList<>(List.of(name.split(" ", -1)));
    words.removeFirst();
    words.add("--help");
    return run(columns, words.toArray(String[]::new)).out();
  }

  @Test
  void examplesStandInHelpAsTheyAreTyped() {
    for (CommandLine command : commands()) {
      List<String> lines = help(80, command).lines().toList();
      for (String example : command.getCommandSpec().usageMessage().footer()) {
        assertThat(lines).as(command.getCommandName()).contains(example);
      }
    }
  }

  @Test
  void helpIsAsWideAsTheTerminal() {
    for (CommandLine command : commands()) {
      for (int columns : new int[] {80, 120}) {
        assertThat(help(columns, command).lines())
            .as(command.getCommandName())
            .allMatch(line -> TerminalText.width(line) <= columns);
      }
    }
    assertThat(run(120, "explain", "--help").out().lines())
        .anyMatch(line -> TerminalText.width(line) > 100);
  }

  @Test
  void optionsStandUnderHeadingsInTheirOrder() {
    assertThat(run(80, "explain", "--help").out())
        .containsSubsequence(
            "Usage: limpid explain [OPTIONS] [TEXT]",
            "\nOptions:\n      --position=P ",
            "\nPrompt:\n  -f, --file=FILE ",
            "\nAnswer:\n      --answer=TOKEN",
            "\nRoute:\n",
            "\nContributions:\n",
            "\nOutput:\n      --json ",
            "\nModel:\n  -m, --model=",
            "\nComputation:\n",
            "\nGeneral:\n",
            "--debug ",
            "\nExamples:\n");
    assertThat(run(80, "neurons", "--help").out())
        .startsWith("Usage: limpid neurons --layer=L [OPTIONS] [TEXT]");
  }

  @Test
  void namesOfClassesAndConstantsNeverShow() {
    for (CommandLine command : commands()) {
      assertThat(help(80, command))
          .doesNotContainPattern("<[a-zA-Z]+>|RESID_|RENORMALISED|EXCLUDED|GRAPHML|BASH");
    }
  }

  @Test
  void theManPageHasAllCommands() {
    String page = run(80, "man").out();
    assertThat(page).startsWith(".TH LIMPID 1").contains(".SH NAME\nlimpid \\- Shows how");
    for (CommandLine command : commands()) {
      if (!command.getCommandSpec().usageMessage().hidden() && command.getParent() != null) {
        assertThat(page).contains(".SS " + command.getCommandSpec().qualifiedName() + "\n");
      }
    }
    assertThat(page).contains("\\-\\-bos, \\-\\-no\\-bos").doesNotContain("limpid man", "@|", "${");
  }

  @Test
  void fishCompletesCommandsOptionsAndChoices() {
    String lines = run(80, "completion", "fish").out();
    assertThat(lines)
        .contains(
            "complete -c limpid -n '__fish_use_subcommand' -f -a explain -d 'Shows what a model",
            "complete -c limpid -n '__fish_seen_subcommand_from models' -f -a pull -d",
            "complete -c limpid -n '__fish_seen_subcommand_from explain' -s m -l model -r -d",
            "-l bos -l no-bos -d",
            "-l mode -r -f -a 'renormalised raw' -d")
        .doesNotContain("-a man ");
    assertThat(lines.lines().skip(1)).allMatch(line -> line.startsWith("complete -c limpid -n '"));
  }

  @Test
  void bashAndZshShareTheirCompletion() {
    String bash = run(80, "completion").out();
    assertThat(bash).contains("complete -F", "contributions", "--threshold");
    assertThat(run(80, "completion", "zsh").out()).isEqualTo(bash);
  }

  @Test
  void aListIsNamedOnceAndStandsApartFromItsDescription() {
    for (CommandLine command : commands()) {
      List<String> examples = List.of(command.getCommandSpec().usageMessage().footer());
      assertThat(help(80, command).lines().filter(line -> !examples.contains(line)))
          .as(command.getCommandName())
          .noneMatch(line -> line.contains("[,"))
          .noneMatch(line -> line.matches("( {6}| {2}-[a-z], )--[^ ]+ [^ ].*"));
    }
  }
}
