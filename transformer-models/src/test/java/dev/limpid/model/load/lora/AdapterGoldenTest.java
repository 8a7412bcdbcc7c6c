package dev.limpid.model.load.lora;

import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.LayerStorage;
import dev.limpid.model.load.LoadProgress;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.ops.toy.AllBackends;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapted models against Hugging Face on base and adapter, merged in float64, on every backend. */
class AdapterGoldenTest {
  /** Float32 against float64, relative to the largest magnitude of the tensor. */
  private static final double TOLERANCE = 1e-4;

  static Stream<Arguments> adapters() throws IOException {
    try (Stream<Path> folders = Files.list(TestData.folder().resolve("goldens/lora"))) {
      List<Path> sorted = folders.sorted().toList();
      assertThat(sorted).hasSizeGreaterThanOrEqualTo(7);
      return AllBackends.NAMES.stream()
          .flatMap(backend ->
              sorted.stream().map(at -> Arguments.of(backend, at.getFileName().toString())));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("adapters")
  void theSumEqualsHuggingFace(String backend, String name) throws IOException {
    Path folder = TestData.folder().resolve("goldens/lora").resolve(name);
    SafetensorsFile expected =
        SafetensorsFile.open(folder.resolve("expected.safetensors"), Arena.ofAuto());
    List<Integer> tokens = Arrays.stream(expected.tensor("tokens").toInts()).boxed().toList();
    ForwardTrace trace = opened(folder, backend, LayerStorage.IN_MEMORY, tokens);
    ForwardTrace streamed = opened(folder, backend, LayerStorage.STREAMED, tokens);
    float[] logits = trace.logits().toFloats();
    assertThat(streamed.logits().toFloats()).isEqualTo(logits);
    assertCloseToLargest("logits", logits, expected.tensor("logits").toFloats(), TOLERANCE);
    for (int l = 0; l < trace.nLayers(); l++) {
      String layer = "layers." + l + ".";
      float[] state = expected.tensor(layer + "resid_post").toFloats();
      float[] pattern = expected.tensor(layer + "pattern").toFloats();
      assertCloseToLargest(layer, trace.layer(l).residPost().toFloats(), state, TOLERANCE);
      assertCloseToLargest(layer, trace.layer(l).pattern().toFloats(), pattern, TOLERANCE);
    }
  }

  private static ForwardTrace opened(
      Path folder, String backend, LayerStorage storage, List<Integer> tokens) throws IOException {
    Transformer model =
        ModelLoader.open(folder, AllBackends.open(backend), storage, LoadProgress.NONE);
    return model.trace(tokens, TraceDetail.FULL);
  }
}
