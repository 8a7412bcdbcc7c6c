package dev.limpid.model.load;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models from GGUF files against Hugging Face in float64, which reads the same files. */
class GgufGoldenTest {
  /** Float32 against float64, relative to the largest logit. */
  private static final double TOLERANCE = 1e-4;

  static Stream<Arguments> models() throws IOException {
    List<String> models =
        new ArrayList<>(
            List.of(
                "llama-floats",
                "llama-blocks",
                "llama-superblocks",
                "gpt2-blocks",
                "qwen2",
                "qwen3"));
    try (Stream<Path> families = Files.list(folder("families"))) {
      families.forEach(family -> models.add("families/" + family.getFileName()));
    }
    return models.stream()
        .sorted()
        .flatMap(model -> Stream.of("reference", "vector").map(ops -> Arguments.of(model, ops)));
  }

  private static Path folder(String model) {
    return TestData.folder().resolve("goldens/gguf").resolve(model);
  }

  @ParameterizedTest
  @MethodSource("models")
  void logitsEqualHuggingFace(String name, String backend) throws IOException {
    SafetensorsFile expected =
        SafetensorsFile.open(folder(name).resolve("expected.safetensors"), Arena.ofAuto());
    List<Integer> tokens = Arrays.stream(expected.tensor("tokens").toInts()).boxed().toList();
    float[] wanted = expected.tensor("logits").toFloats();

    Transformer model =
        ModelLoader.open(folder(name).resolve("model.gguf"), Backends.open(backend));
    float[] logits = model.trace(tokens, TraceDetail.RESIDUALS).logits().toFloats();

    assertCloseToLargest("logits", logits, wanted, TOLERANCE);
  }

  /** The package {@code gguf} wrote the same model into one file and into four. */
  @ParameterizedTest
  @ValueSource(strings = {"", "model-00001-of-00004.gguf"})
  void partsAreTheModelInOneFile(String path) throws IOException {
    List<Integer> tokens = List.of(3, 1, 4, 1, 5, 9, 2, 6);
    Transformer whole =
        ModelLoader.open(folder("llama-floats").resolve("model.gguf"), Backends.open("vector"));
    Transformer parts = ModelLoader.open(folder("parts").resolve(path), Backends.open("vector"));
    assertThat(parts.trace(tokens, TraceDetail.RESIDUALS).logits().toFloats())
        .isEqualTo(whole.trace(tokens, TraceDetail.RESIDUALS).logits().toFloats());
  }

  @Test
  void factsComeFromTheMetadata() throws IOException {
    Path file = folder("llama-floats").resolve("model.gguf");
    var config = ModelFiles.open(file).config();
    assertThat(config.modelType()).isEqualTo("llama");
    assertThat(config.nContext()).isEqualTo(64);
    assertThat(config.dVocab()).isEqualTo(61);
    assertThat(config.dHead()).isEqualTo(10);
    assertThat(config.tiedHead()).isFalse();
    assertThat(ModelFiles.open(file).weightFiles()).containsExactly(file);
    var gpt2 = ModelFiles.open(folder("gpt2-blocks").resolve("model.gguf")).config();
    assertThat(gpt2.bosId()).hasValue(960);
    assertThat(gpt2.eosIds()).containsExactly(960);
  }
}
