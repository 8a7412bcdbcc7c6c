package dev.limpid.model.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.Transformer;
import dev.limpid.model.tokenizer.Tokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.model.trace.TraceDetail;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The Q4_1 file of llama.cpp that the folder of SmolLM2-135M-Instruct was made from. */
@Tag("accuracy")
class SmolLm2GgufTest {
  /** Relative to the largest logit: the folder holds the decoded weights rounded to F16. */
  private static final double TOLERANCE = 1e-3;

  private static final Path FOLDER = TestData.smolLm2();
  private static final Path FILE = FOLDER.resolve("SmolLM2-135M-Instruct.Q4_1.gguf");

  @Test
  void logitsAreThoseOfTheFolder() throws IOException {
    Transformer folder = ModelLoader.open(FOLDER, Backends.open("vector"));
    Transformer file = ModelLoader.open(FILE, Backends.open("vector"));
    Tokenizer tokenizer = TokenizerLoader.load(FILE).orElseThrow().tokenizer();
    for (String text :
        List.of(
            "When Mary and John went to the store, John gave a drink to",
            "The capital of France is",
            "def fibonacci(n):\n    if n < 2:\n        return n\n    return",
            "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25")) {
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
      System.out.printf("GGUF against safetensors: %.2e of the largest%n", difference / largest);
      assertThat(difference).isLessThanOrEqualTo(TOLERANCE * largest);
    }
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
