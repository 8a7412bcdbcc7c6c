package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints that hold other names than the family's own: what is used, and what is said. */
class StoredWeightsTest {
  private static final List<Integer> TOKENS = List.of(0, 3, 5, 2);

  @TempDir Path folder;

  /** Copies a golden model, its tensors under other names, with more of them. */
  private Path copy(String golden, UnaryOperator<String> names, String... more) throws IOException {
    Path from = TestData.folder().resolve("goldens").resolve(golden);
    Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
    SafetensorsWriter writer = new SafetensorsWriter();
    SafetensorsFile file = SafetensorsFile.open(from.resolve("model.safetensors"), Arena.ofAuto());
    for (String name : file.names()) {
      if (name.equals("lm_head.weight")) {
        continue; // of a tied model, the embedding once more
      }
      writer.add(names.apply(name), file.tensor(name).toHeap());
    }
    for (String name : more) {
      writer.add(name, Tensor.zeros(7));
    }
    writer.write(folder.resolve("model.safetensors"));
    return folder;
  }

  private static float[] logits(Path path) throws IOException {
    Transformer model = ModelLoader.open(path, Backends.open("vector"));
    return model.trace(TOKENS, TraceDetail.RESIDUALS).logits().toFloats();
  }

  private static List<String> leftOut(Path path) throws IOException {
    ModelFiles files = ModelFiles.open(path);
    files.open(Backends.open("vector"), LayerStorage.AUTOMATIC, LoadProgress.NONE);
    return files.leftOut();
  }

  @ParameterizedTest
  @ValueSource(strings = {"opt-biased", "gpt2-relu"})
  void aTiedEmbeddingMayBeStoredUnderTheNameOfTheHead(String golden) throws IOException {
    Path path =
        copy(
            golden,
            name -> name.matches(".*(embed_tokens|wte)\\.weight") ? "lm_head.weight" : name);
    assertThat(logits(path))
        .isEqualTo(logits(TestData.folder().resolve("goldens").resolve(golden)));
    assertThat(leftOut(path)).isEmpty();
  }

  @Test
  void weightsThatNobodyReadsAreNamed() throws IOException {
    Path path =
        copy(
            "llama-mqa",
            name -> name,
            "model.layers.0.self_attn.q_proj.bias",
            "model.layers.1.self_attn.q_proj.bias");
    assertThat(leftOut(path))
        .singleElement()
        .asString()
        .contains("model.layers.0.self_attn.q_proj.bias and 1 more");
  }

  @Test
  void constantsAndWhatIsInNoLayerAreLeftOutInSilence() throws IOException {
    Path path =
        copy("llama-mqa", name -> name, "model.layers.0.self_attn.rotary_emb.inv_freq", "extra");
    assertThat(leftOut(path)).isEmpty();
  }

  @Test
  void anAdapterThatIsNotAppliedIsNamed() throws IOException {
    Path path = copy("llama-mqa", name -> name);
    Files.writeString(path.resolve("adapter_config.json"), "{}");
    assertThat(leftOut(path)).singleElement().asString().contains("adapter", "not applied");
  }
}
