package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tutorial on SmolLM2-135M-Instruct: {@code -Paccuracy -Dlimpid.smollm2=FOLDER}, the model as
 * {@code .ci/run} makes it.
 */
@Tag("accuracy")
class SmolLm2TutorialTest {
  @TempDir private Path home;

  @Test
  void everyCommandPrintsTheLinesShown() throws IOException {
    Path author = Files.createDirectories(home.resolve("models/HuggingFaceTB"));
    Path model = Path.of(System.getProperty("limpid.smollm2"));
    Files.createSymbolicLink(author.resolve("SmolLM2-135M-Instruct"), model.toAbsolutePath());
    LimpidRun.World world =
        new LimpidRun.World(home).with("LIMPID_MODELS", home.resolve("models")).with("COLUMNS", 80);
    assertThat(Transcript.of("tutorial.md", "console smollm2").check(world)).isGreaterThan(8);
  }
}
