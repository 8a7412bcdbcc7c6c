package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the pages for newcomers show to be printed is what the commands print. */
class TranscriptTest {
  @TempDir private Path home;

  @ParameterizedTest
  @CsvSource({"tutorial.md, 8", "teaching.md, 8", "faq.md, 8"})
  void everyCommandPrintsTheLinesShown(String page, int atLeast) throws IOException {
    LimpidRun.World world =
        new LimpidRun.World(home)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .with("COLUMNS", 80);
    assertThat(Transcript.of(page, "console").check(world)).isGreaterThanOrEqualTo(atLeast);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "head 0  48.31 % | head 0 48.30 % | true",
        "sum (1.000) | sum (0.998) | true",
        "head 0  48.31 % | head 0 48.38 % | false",
        "signed -0.002 | signed +0.001 | false",
        "layer 2 | layer 3 | false",
        "a ██▏ | a ██ | true",
        "a ██ b | a ███ b | false",
        "\" Mary\" 0.1 | \" John\" 0.1 | false",
        "rank 1 | rank 1 and more | false",
      })
  void linesAreAlikeButForLastDigits(String one, String other, boolean alike) {
    assertThat(Transcript.alike(one, other)).isEqualTo(alike);
  }
}
