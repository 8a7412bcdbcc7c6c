package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.explorer.show.TerminalText;
import dev.limpid.testdata.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No line of a picture or table is wider than the terminal, however long the prompt. */
class WidthTest {
  private static final String TEXT = "When Mary and John went to the store, John gave a drink to";

  @TempDir Path home;

  private List<String> lines(int columns, String... arguments) {
    LimpidRun run =
        new LimpidRun.World(home)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .with("COLUMNS", columns)
            .run(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    return run.out().lines().toList();
  }

  private static Stream<String[]> commands() {
    String many = (TEXT + " ").repeat(6);
    return Stream.of(
        new String[] {"explain", "When"},
        new String[] {"explain", TEXT, "--answer", " Mary", "--distractor", " John"},
        new String[] {"explain", many, "--model", "demo-llama", "--mode", "raw"},
        new String[] {"explain", many, "--threshold", "0.005", "--bias", "separate"},
        new String[] {"lens", TEXT, "--position", "all"},
        new String[] {"heads", TEXT, "--layer", "1"},
        new String[] {"lens", TEXT, "--answer", " Mary", "--position", "all"},
        new String[] {"attention", TEXT, "--layer", "1"},
        new String[] {"attention", TEXT, "--layer", "1", "--head", "1"},
        new String[] {"attention", many, "--layer", "1", "--head", "1"},
        new String[] {"attention", many, "--layer", "1", "--head", "1", "--position", "50"},
        new String[] {"heads", "--roles"},
        new String[] {"models", "info", "demo-llama"},
        new String[] {"neurons", TEXT, "--layer", "1"},
        new String[] {"logits", TEXT, "--answer", " Mary", "--distractor", " John"},
        new String[] {"logits", TEXT, "--by", "token"},
        new String[] {"attribute", TEXT, "--answer", " Mary", "--distractor", " John"},
        new String[] {"attribute", many, "--by", "token"},
        new String[] {"ablate", TEXT, "--zero", "head_out.2.0", "--answer", " Mary"},
        new String[] {"patch", TEXT, "--site", "resid_pre", "--answer", " Mary"},
        new String[] {"patch", TEXT, "--site", "head_out", "--layers", "2"},
        new String[] {"patch", TEXT, "--receiver", "logits"},
        new String[] {"faithfulness", TEXT, "--random", "3", "--correlations"},
        new String[] {"qk", TEXT, "--layer", "2", "--head", "0", "--key", "2"},
        new String[] {"tokens", TEXT});
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 100, 160})
  void tablesAndPicturesFit(int columns) {
    List<String> wide = new ArrayList<>();
    commands()
        .flatMap(command -> lines(columns, command).stream())
        .filter(line -> TerminalText.width(line) > columns && !isSentence(line))
        .forEach(wide::add);
    assertThat(wide).isEmpty();
  }

  /** A terminal breaks those as well as we do; a path is never broken. */
  private static boolean isSentence(String line) {
    return line.endsWith(".") || line.startsWith("folder ");
  }

  @Test
  void linesBeginAndEndWithSomething() {
    commands()
        .forEach(command -> {
          List<String> lines = lines(80, command);
          assertThat(lines).as(command[0]).noneMatch(line -> line.endsWith(" "));
          assertThat(lines.getFirst()).as(command[0]).isNotEmpty();
          assertThat(lines.getLast()).as(command[0]).isNotEmpty();
        });
  }

  @Test
  void aWideTerminalIsUsed() {
    assertThat(lines(160, "explain", TEXT)).anyMatch(line -> TerminalText.width(line) > 100);
    assertThat(lines(160, "lens", TEXT).get(2).split("%", -1).length)
        .isGreaterThan(lines(80, "lens", TEXT).get(2).split("%", -1).length);
  }
}
