package dev.limpid.model.load;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gpt-oss as it is published: experts in MXFP4, two tensors of bytes for each matrix. */
class Mxfp4Test {
  private static final Path FOLDER = TestData.folder().resolve("goldens/gguf/gpt-oss-mxfp4");

  /** Float32 against float64, relative to the largest logit. */
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"reference,IN_MEMORY", "vector,IN_MEMORY", "vector,STREAMED"})
  void logitsEqualHuggingFace(String backend, LayerStorage storage) throws IOException {
    SafetensorsFile expected =
        SafetensorsFile.open(FOLDER.resolve("expected.safetensors"), Arena.ofAuto());
    List<Integer> tokens = Arrays.stream(expected.tensor("tokens").toInts()).boxed().toList();
    ModelFiles files = ModelFiles.open(FOLDER);
    Transformer model = files.open(Backends.open(backend), storage, LoadProgress.NONE);
    assertThat(files.leftOut()).isEmpty();
    float[] logits = model.trace(tokens, TraceDetail.RESIDUALS).logits().toFloats();
    assertCloseToLargest("logits", logits, expected.tensor("logits").toFloats(), TOLERANCE);
  }

  private void assertRefused(String from, String to, String... words) throws IOException {
    for (String name : new String[] {"config.json", "model.safetensors"}) {
      byte[] bytes = Files.readAllBytes(FOLDER.resolve(name));
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      // The same length, so that the header of the tensors stays one.
      assertThat(to).hasSameSizeAs(from);
      Files.write(
          folder.resolve(name), text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
    }
    assertThatThrownBy(() -> ModelLoader.open(folder, Backends.open("reference")))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void otherMethodsAndDamagedBlocksAreRefusedInWords() throws IOException {
    assertRefused(
        "\"mxfp4\"", "\"gptq4\"", "quantization_config 'gptq4' is not supported", "mxfp4");
    assertRefused(
        "\"U8\",\"shape\":[4,64,1,16]",
        "\"U8\",\"shape\":[4,64,16,1]",
        "gate_up_proj_blocks' has dtype U8 and shape [4, 64, 16, 1]",
        "needs U8 and [4, 64, 1, 16]");
    assertRefused(
        "model.layers.0.mlp.experts.down_proj_scales",
        "model.layers.0.mlp.experts.down_proj_scalez",
        "down_proj_blocks");
  }
}
