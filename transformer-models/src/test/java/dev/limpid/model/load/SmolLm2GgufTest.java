package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.tokenizer.Tokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.safetensors.Checkpoint;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.tensor.weights.WeightSource;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/**
 * The Q4_1 file of llama.cpp against the folder of SmolLM2-135M-Instruct that was made from it.
 *
 * <p>A folder in F16 holds the decoded weights rounded. That alone moves logits by up to 1.3e-3 of
 * the largest, in Hugging Face in float64 too. So the weights of the file are rounded here as those
 * of the folder are; a folder in F32 is compared with them as they are.
 */
@Tag("accuracy")
class SmolLm2GgufTest {
  /** Relative to the largest logit: weights and code are the same, sums may be in another order. */
  private static final double TOLERANCE = 1e-5;

  private static final List<String> PROMPTS =
      List.of(
          "When Mary and John went to the store, John gave a drink to",
          "The capital of France is",
          "def fibonacci(n):\n    if n < 2:\n        return n\n    return",
          "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25");

  private static final Path FOLDER = TestData.smolLm2();
  private static final Path FILE = FOLDER.resolve("SmolLM2-135M-Instruct.Q4_1.gguf");

  /** Weights in another precision. */
  private record Rounded(WeightSource exact, DType dtype) implements WeightSource {
    @Override
    public void requireWhole() throws IOException {
      exact.requireWhole();
    }

    @Override
    public Path location() {
      return exact.location();
    }

    @Override
    public List<Path> files() {
      return exact.files();
    }

    @Override
    public Set<String> names() {
      return exact.names();
    }

    @Override
    public void require(String name, int... expectedShape) throws IOException {
      exact.require(name, expectedShape);
    }

    @Override
    public WeightSource mappedAgain(Arena arena) throws IOException {
      return new Rounded(exact.mappedAgain(arena), dtype);
    }

    @Override
    public Tensor tensor(String name, int... expectedShape) throws IOException {
      Tensor tensor = exact.tensor(name, expectedShape);
      if (dtype == DType.F32) {
        return tensor;
      }
      assertThat(dtype).isEqualTo(DType.F16);
      float[] values = tensor.toFloats();
      ByteBuffer halves = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        halves.putShort(Float.floatToFloat16(value));
      }
      return Tensor.over(MemorySegment.ofArray(halves.array()), DType.F16, tensor.shape());
    }
  }

  @Test
  void logitsAreThoseOfTheFolder() throws IOException {
    TensorOps ops = Backends.open("vector");
    Transformer folder = ModelLoader.open(FOLDER, ops);
    ModelConfig facts = folder.config();
    DType dtype =
        Checkpoint.open(FOLDER)
            .tensor("model.embed_tokens.weight", facts.dVocab(), facts.dModel())
            .dtype();
    GgufModel files = GgufModel.open(FILE);
    Architecture family = files.facts().architecture();
    ModelConfig config = files.facts().config();
    Rounded rounded = new Rounded(files.weights(config), dtype);
    WeightLoading loading = new WeightLoading(rounded, config, files.names(family), ops);
    Transformer file =
        new Transformer(
            config,
            loading.read(LayerStorage.IN_MEMORY, LoadProgress.NONE),
            ops,
            folder.provenance());
    files.leftOut(family, loading.unread());
    Tokenizer tokenizer = TokenizerLoader.load(FILE).orElseThrow().tokenizer();
    double worst = 0;
    for (String text : PROMPTS) {
      List<Integer> tokens = tokenizer.encode(text, true);
      float[] wanted = folder.trace(tokens, TraceDetail.RESIDUALS).logits().toFloats();
      float[] logits = file.trace(tokens, TraceDetail.RESIDUALS).logits().toFloats();
      double largest = 0;
      double difference = 0;
      for (int i = 0; i < wanted.length; i++) {
        assertThat(logits[i]).isFinite();
        largest = Math.max(largest, Math.abs(wanted[i]));
        difference = Math.max(difference, Math.abs(logits[i] - wanted[i]));
      }
      System.out.printf(
          "GGUF against %s folder: %.2e of the largest%n", dtype, difference / largest);
      worst = Math.max(worst, difference / largest);
    }
    assertThat(worst).isLessThanOrEqualTo(TOLERANCE);
  }

  @Test
  void tokensAreThoseOfTheFolder() throws IOException {
    Tokenizer folder = TokenizerLoader.load(FOLDER).orElseThrow().tokenizer();
    Tokenizer file = TokenizerLoader.load(FILE).orElseThrow().tokenizer();
    List<String> lines =
        Files.readAllLines(TestData.folder().resolve("goldens/tokenizers/lines.jsonl"));
    assertThat(lines).hasSizeGreaterThan(500);
    for (String line : lines) {
      String text = JsonMapper.shared().readTree(line).get("text").stringValue();
      List<Integer> ids = folder.encode(text, true);
      assertThat(file.encode(text, true)).as(text).isEqualTo(ids);
      assertThat(file.decode(ids)).as(text).isEqualTo(folder.decode(ids));
    }
  }
}
