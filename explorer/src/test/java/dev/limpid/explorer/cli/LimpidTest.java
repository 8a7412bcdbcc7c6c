package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.Limpid;
import dev.limpid.explorer.process.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimpidTest {
  @TempDir private Path home;

  private LimpidRun.World world() {
    return new LimpidRun.World(home);
  }

  @Test
  void helpIsAResult() {
    LimpidRun run = world().run("--help");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).startsWith("Usage: limpid").contains("doctor", "models");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void everyCommandHasHelpWithExamples() {
    for (String command :
        List.of("", "doctor", "models", "models list", "models info", "models pull")) {
      String[] words = (command + " --help").strip().split(" ", -1);
      LimpidRun run = world().run(words);
      assertThat(run.code()).as(command).isEqualTo(ExitCode.DONE);
      assertThat(run.out()).as(command).contains("Example", ("limpid " + command).strip());
    }
  }

  @Test
  void versionNamesTheJdk() {
    LimpidRun run = world().run("--version");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).matches("limpid \\d+\\.\\d+\\.\\d+\\S* \\(JDK 25\\S*\\)\\n");
  }

  @Test
  void noCommandIsWrongUsageAndShowsWhatThereIs() {
    LimpidRun run = world().run();
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("Usage: limpid", "limpid: no command given");
  }

  @Test
  void unknownWordsAreWrongUsageInOneLine() {
    assertUsage(world().run("docter"), "docter");
    assertUsage(world().run("doctor", "--jsn"), "--jsn");
    assertUsage(world().run("models"), "list, info or pull");
    assertUsage(world().run("models", "info"), "NAME|DIR");
    assertUsage(world().run("models", "info", "a", "b"), "b");
    assertUsage(world().run("models", "pull", "../x"), "../x");
  }

  private static void assertUsage(LimpidRun run, String mentions) {
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("limpid: ").contains(mentions, "--help").hasLineCount(1);
  }

  @Test
  void failuresAreOneLine() {
    LimpidRun run = world().run("models", "info", "no-such-model");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("limpid: model 'no-such-model': not found")
        .contains(home.toString(), "limpid models list")
        .hasLineCount(1);
  }

  @Test
  void debugShowsTheStackTrace() {
    LimpidRun run = world().run("models", "info", "no-such-model", "--debug");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("not found", "\tat dev.limpid.");
  }

  @Test
  void coloursAreForTerminals() {
    assertThat(world().run("--help").out()).doesNotContain("\u001b");
    assertThat(world().onTerminal().run("--help").out()).contains("\u001b");
    assertThat(world().onTerminal().with("NO_COLOR", "1").run("--help").out())
        .doesNotContain("\u001b");
  }

  /** A stream that fails with a message when it is written to. */
  private static OutputStream failing(String message) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(message);
      }
    };
  }

  @Test
  void aReaderThatGoesAwayIsNoError() {
    java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
    int code = Limpid.run(List.of("doctor"), world().console(failing("Broken pipe"), err));
    assertThat(code).isEqualTo(ExitCode.DONE);
    assertThat(err.size()).isZero();
  }

  @Test
  void aFullDiskIsAnError() {
    java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
    int code =
        Limpid.run(List.of("doctor"), world().console(failing("No space left on device"), err));
    assertThat(code).isEqualTo(ExitCode.FAILED);
    assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("limpid: standard output: cannot be written: No space left on device\n");
  }
}
