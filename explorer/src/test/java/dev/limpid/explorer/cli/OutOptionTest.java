package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that can be large say so before they are written, or are not begun. */
class OutOptionTest {
  private static final int CONTEXT = 1 << 17;

  @TempDir Path home;

  /** 128 heads of 64 layers look at 2^34 pairs each: 512 TiB, of a model that has no weights. */
  @ParameterizedTest
  @ValueSource(strings = {"trace", "contributions"})
  void aFileThatTheDiskHasNoRoomForIsNotBegun(String command) throws IOException {
    Path model = Files.createDirectory(home.resolve("model"));
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type": "gpt2", "vocab_size": 7, "n_positions": %d, "n_embd": 128, "n_layer": 64,
         "n_head": 128}
        """
            .formatted(CONTEXT));
    Path folder = Files.createDirectory(home.resolve("out"));
    String ids = "1" + ",2".repeat(CONTEXT - 1);

    LimpidRun run =
        new LimpidRun.World(home)
            .runLine(
                command + " --model %s --tokens " + ids + " --out %s",
                model,
                folder.resolve("t.safetensors"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .matches(
            "limpid: .*t.safetensors: would have \\d{9} MiB, and its disk has \\d+ MiB left; ask for"
                + " less, or write to another\n");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aPersonIsToldTheSize() {
    Path out = home.resolve("t.safetensors");
    LimpidRun.World world =
        new LimpidRun.World(home).with("LIMPID_BUNDLED", TestData.folder().resolve("models"));
    String line = "trace --tokens 1,2,3 --out %s --only resid_post";
    assertThat(world.runLine(line, out).err()).isEmpty();
    assertThat(world.onTerminal().runLine(line, out).err())
        .contains("limpid: note: " + out + " will have 6.0 KiB\n");
  }
}
