package dev.limpid.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mapped file that another program makes shorter: an error in one line, no crash, no zeros. */
class CutOffFilesTest {
  @TempDir Path folder;
  private Path weights;

  @BeforeEach
  void copyModel() throws IOException {
    weights = folder.resolve("model.safetensors");
    Path golden = TestData.folder().resolve("goldens/opt-biased");
    Files.copy(golden.resolve("config.json"), folder.resolve("config.json"));
    Files.copy(golden.resolve("model.safetensors"), weights);
  }

  private void cut(long size) {
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      file.setLength(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By one byte nothing faults: the page is still there, and reads as zeros at its end. */
  @ParameterizedTest
  @ValueSource(longs = {0, 20_000, -1})
  void whileItIsLoaded(long size) throws IOException {
    long whole = Files.size(weights);
    LoadProgress cutting = (done, all) -> cut(size < 0 ? whole + size : size);
    assertThatThrownBy(() -> ModelLoader.open(folder, new ReferenceOps(), cutting))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("model.safetensors", "cut off while it was read");
  }

  @Test
  void afterItWasLoaded() throws IOException {
    Transformer model = ModelLoader.open(folder, new ReferenceOps());
    assertThat(model.trace(List.of(1, 2), TraceDetail.FULL).nPositions()).isEqualTo(2);
    cut(0);
    assertThatThrownBy(() -> model.trace(List.of(1, 2), TraceDetail.FULL))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cut off while it was in use");
  }
}
