package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts of ten megabytes: too many tokens for a model, said soon; looked at all the same. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("long")
class LongPromptTest {
  private static final int BYTES = 10_000_000;

  @TempDir Path home;

  @ParameterizedTest
  @ValueSource(
      strings = {"When Mary and John went to the store, John gave a drink to her.\n", "a", " "})
  void haveTooManyTokens(String text) throws IOException {
    Path file = home.resolve("prompt.txt");
    Files.writeString(file, text.repeat(BYTES / text.length()));
    LimpidRun run =
        new LimpidRun.World(home)
            .run("explain", "--model", "demo-gpt2", "--verbatim", "--file", file.toString());
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).matches("limpid: the prompt has \\d{5,} tokens, .* shorten it\n");
  }

  @Test
  void areCutAllTheSame() throws IOException {
    Path file = home.resolve("prompt.txt");
    String text = "When Mary and John went to the store";
    Files.writeString(file, text.repeat(BYTES / text.length()));
    LimpidRun run =
        new LimpidRun.World(home).run("tokens", "--model", "demo-gpt2", "--file", file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    // The BOS is one more; between two texts, "store" and "When" meet in tokens of their own.
    assertThat(run.out().lines().count()).isGreaterThan(8L * (BYTES / text.length()));
    assertThat(run.err())
        .contains("limpid: note: the text has ")
        .endsWith(" tokens, the model's context holds 128\n");
  }
}
