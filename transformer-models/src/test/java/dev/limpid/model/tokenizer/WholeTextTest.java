package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whole texts: as many tokens as the {@code tokenizers} library makes, and the text comes back. */
class WholeTextTest {
  @TestFactory
  Stream<DynamicTest> bundledVocabularies() {
    return Stream.of(
        dynamicTest("demo-gpt2", () -> licence("demo-gpt2", 6752)),
        dynamicTest("demo-opt", () -> licence("demo-opt", 6752)),
        dynamicTest("demo-llama", () -> licence("demo-llama", 6704)));
  }

  /** Of the extra data; without them a case that says so. */
  @TestFactory
  Stream<DynamicTest> realVocabularies() {
    Optional<Path> extra = TestData.extra();
    if (extra.isEmpty()) {
      String message = "the vocabularies of GPT-2 and stories260K are not checked: no extra data";
      return Stream.of(dynamicTest(message, () -> System.out.println(message)));
    }
    return Stream.of(
        dynamicTest("gpt2", () -> gpt2(extra.get())),
        dynamicTest("stories260K", () -> stories(extra.get())));
  }

  private static void licence(String model, int nTokens) throws IOException {
    String text = Files.readString(TestData.root().resolve("LICENSE"));
    Tokenizer tokenizer = load(TestData.folder().resolve("models").resolve(model));
    List<Integer> ids = tokenizer.encode(text, false);
    assertThat(ids).hasSize(nTokens);
    assertThat(tokenizer.decode(ids)).isEqualTo(text);
  }

  private static void gpt2(Path extra) throws IOException {
    Tokenizer tokenizer = load(extra.resolve("tokenizers/gpt2"));
    assertThat(tokenizer.size()).isEqualTo(50257);
    assertThat(tokenizer.encode("The capital of France is", true))
        .containsExactly(464, 3139, 286, 4881, 318);
    List<Integer> ids = tokenizer.encode(shakespeare(extra), true);
    assertThat(ids).hasSize(338025);
    assertThat(tokenizer.decode(ids)).isEqualTo(shakespeare(extra));
  }

  private static void stories(Path extra) throws IOException {
    Tokenizer tokenizer = load(extra.resolve("models/llama-stories260K"));
    List<Integer> ids = tokenizer.encode(shakespeare(extra), true);
    assertThat(ids).hasSize(693364).startsWith(1);
    assertThat(tokenizer.decode(ids.subList(1, ids.size()))).isEqualTo(shakespeare(extra));
    assertThat(tokenizer.text(tokenizer.encode("Once", false).getFirst())).isEqualTo(" Once");
  }

  private static Tokenizer load(Path folder) throws IOException {
    return TokenizerLoader.load(folder).orElseThrow().tokenizer();
  }

  private static String shakespeare(Path extra) throws IOException {
    return Files.readString(extra.resolve("text/tinyshakespeare.txt"));
  }
}
