package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.testdata.GgufBuilder;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokenizers in GGUF files against the {@code tokenizers} library. */
class GgufTokenizerTest {
  @TempDir Path folder;

  private static Path goldens() {
    return TestData.folder().resolve("goldens");
  }

  private static LoadedTokenizer load(String file) throws IOException {
    return TokenizerLoader.load(goldens().resolve("gguf").resolve(file)).orElseThrow();
  }

  /** The same vocabulary in tokenizer.json gives the same ids, and so the file. */
  @ParameterizedTest
  @CsvSource({
    "gpt2-blocks/model.gguf, gpt2-byte-level",
    "digits.gguf, digits",
    "llama3-ignore-merges.gguf, llama3-ignore-merges"
  })
  void encodesAndDecodesAsTokenizerJson(String file, String name) throws IOException {
    Tokenizer tokenizer = load(file).tokenizer();
    List<JsonNode> texts = lines("tokenizers/lines.jsonl");
    List<JsonNode> expected = lines("tokenizers/" + name + "/expected.jsonl");
    assertThat(expected).hasSameSizeAs(texts).hasSizeGreaterThan(500);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).get("text").stringValue();
      List<Integer> ids = tokenizer.encode(text, false);
      assertThat(ids).as("line %d: %s", i, text).isEqualTo(ids(expected.get(i).get("ids")));
      assertThat(tokenizer.encode(text, true))
          .as("line %d: %s", i, text)
          .isEqualTo(ids(expected.get(i).get("special_ids")));
      assertThat(tokenizer.decode(ids))
          .as("line %d", i)
          .isEqualTo(expected.get(i).get("decoded").stringValue());
    }
  }

  @ParameterizedTest
  @CsvSource({"llama-blocks/model.gguf, llama-blocks/expected.jsonl", "qwen2.gguf, qwen2.jsonl"})
  void encodesAsTheLibrary(String file, String expectedFile) throws IOException {
    Tokenizer tokenizer = load(file).tokenizer();
    List<JsonNode> texts = lines("tokenizers/lines.jsonl");
    List<JsonNode> expected = lines("gguf/" + expectedFile);
    assertThat(expected).hasSameSizeAs(texts).hasSizeGreaterThan(500);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).get("text").stringValue();
      List<Integer> ids = ids(expected.get(i).get("ids"));
      assertThat(tokenizer.encode(text, false)).as("line %d: %s", i, text).isEqualTo(ids);
      List<Integer> special = ids(expected.get(i).get("before"));
      special.addAll(ids);
      assertThat(tokenizer.encode(text, true)).as("line %d: %s", i, text).isEqualTo(special);
    }
  }

  static List<String> kinds() throws IOException {
    List<String> names = new ArrayList<>();
    kindSums().forEachEntry((name, _) -> names.add(name));
    assertThat(names).hasSize(7);
    return names;
  }

  private static JsonNode kindSums() throws IOException {
    return JsonMapper.shared().readTree(Files.readString(goldens().resolve("gguf/kinds.json")));
  }

  /** Sums of ids and of texts instead of themselves, for their size. */
  @ParameterizedTest
  @MethodSource("kinds")
  void everyKindEncodesAndDecodesAsTheLibrary(String name) throws IOException {
    Tokenizer tokenizer = load(name + ".gguf").tokenizer();
    List<JsonNode> texts = lines("tokenizers/lines.jsonl");
    JsonNode sums = kindSums().get(name);
    assertThat(sums.get("ids").size()).isEqualTo(texts.size()).isGreaterThan(500);
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).get("text").stringValue();
      List<Integer> ids = tokenizer.encode(text, false);
      String decoded = tokenizer.decode(ids);
      assertThat(sum(ids.toString()))
          .as("line %d: %s is %s", i, text, ids)
          .isEqualTo(sums.get("ids").get(i).longValue());
      assertThat(sum(decoded))
          .as("line %d: %s", i, decoded)
          .isEqualTo(sums.get("decoded").get(i).longValue());
    }
  }

  private static long sum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

  /** How texts are split, kind by kind; sums of words instead of the words, for their size. */
  @Test
  void splitsTextsAsTheLibrary() throws IOException {
    List<JsonNode> texts = lines("tokenizers/lines.jsonl");
    JsonNode expected =
        JsonMapper.shared().readTree(Files.readString(goldens().resolve("gguf/words.json")));
    assertThat(expected.size()).isEqualTo(8);
    expected.forEachEntry((name, sums) -> {
      PreTokenizer steps = GgufSteps.of(name).orElseThrow().preTokenizer();
      for (int i = 0; i < texts.size(); i++) {
        String text = texts.get(i).get("text").stringValue();
        List<String> words = new ArrayList<>();
        steps.split(new Piece(text, true), piece -> words.add(piece.text() + "\0"));
        assertThat(sum(String.join("", words)))
            .as("%s, line %d: %s in %s", name, i, text, words)
            .isEqualTo(sums.get(i).longValue());
      }
    });
  }

  @Test
  void specialTokensComeFromTheMetadata() throws IOException {
    assertThat(load("llama-blocks/model.gguf").specialTokens().addsBos()).isTrue();
    assertThat(load("llama-blocks/model.gguf").specialTokens().bos()).hasValue(1);
    assertThat(load("llama-blocks/model.gguf").specialTokens().eos()).containsExactly(2);
    assertThat(load("llama3-ignore-merges.gguf").specialTokens().addsBos()).isTrue();
    assertThat(load("digits.gguf").specialTokens().addsBos()).isFalse();
    assertThat(load("digits.gguf").specialTokens().bos()).hasValue(1);
  }

  private static GgufBuilder gpt2() {
    return new GgufBuilder()
        .text("general.architecture", "llama")
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "gpt-2")
        .texts("tokenizer.ggml.tokens", "a", "b", "ab", "<end>")
        .texts("tokenizer.ggml.merges", "a b")
        .integers("tokenizer.ggml.token_type", 1, 1, 1, 3);
  }

  private void assertRefused(GgufBuilder file, String... words) throws IOException {
    Path path = file.write(folder.resolve("t.gguf"));
    assertThatThrownBy(() -> TokenizerLoader.load(path))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContainingAll(words);
  }

  @Test
  void aFileWithoutTokenizer() throws IOException {
    Path file = new GgufBuilder().write(folder.resolve("t.gguf"));
    assertThat(TokenizerLoader.load(file)).isEmpty();
  }

  @Test
  void controlTokensAreFoundInTexts() throws IOException {
    Path file = gpt2().write(folder.resolve("t.gguf"));
    Tokenizer tokenizer = TokenizerLoader.load(file).orElseThrow().tokenizer();
    assertThat(tokenizer.encode("ab<end>b", false)).containsExactly(2, 3, 1);
  }

  @Test
  void whatIsNotKnownIsNamed() throws IOException {
    GgufBuilder tokens = new GgufBuilder().text("general.architecture", "llama");
    assertRefused(tokens.text("tokenizer.ggml.model", "t5"), "model 't5'; supported: gpt2, llama");
    for (String pre : List.of("default", "t5x")) {
      GgufBuilder file =
          new GgufBuilder()
              .text("general.architecture", "llama")
              .text("tokenizer.ggml.model", "gpt2")
              .text("tokenizer.ggml.pre", pre)
              .texts("tokenizer.ggml.tokens", "a")
              .texts("tokenizer.ggml.merges");
      assertRefused(file, "tokenizer.ggml.pre '" + pre + "'", "smollm");
    }
    assertRefused(gpt2().flag("tokenizer.ggml.add_space_prefix", true), "add_space_prefix true");
    assertRefused(
        gpt2().flag("tokenizer.ggml.remove_extra_whitespaces", true), "remove_extra_whitespaces");
    assertRefused(gpt2().integers("tokenizer.ggml.precompiled_charsmap", 1), "charsmap");
  }

  /** Files from before the key: GPT-2 has one way only. */
  @Test
  void gpt2WithoutAName() throws IOException {
    Path file =
        new GgufBuilder()
            .text("general.architecture", "gpt2")
            .text("tokenizer.ggml.model", "gpt2")
            .texts("tokenizer.ggml.tokens", "a", "b", "ab")
            .texts("tokenizer.ggml.merges", "a b")
            .write(folder.resolve("t.gguf"));
    assertThat(TokenizerLoader.load(file).orElseThrow().tokenizer().encode("abba", false))
        .containsExactly(2, 1, 0);
  }

  @Test
  void damage() throws IOException {
    assertRefused(
        gpt2().integer("tokenizer.ggml.bos_token_id", 4), "bos_token_id is 4, there are 4 tokens");
    GgufBuilder base =
        new GgufBuilder().text("general.architecture", "gpt2").text("tokenizer.ggml.model", "gpt2");
    assertRefused(base, "'tokenizer.ggml.tokens' is missing");
    assertRefused(base.texts("tokenizer.ggml.tokens", "a", "b"), "merges' is missing");
    assertRefused(base.texts("tokenizer.ggml.merges", "a b"), "needs the piece 'ab'");
    assertRefused(
        base.integers("tokenizer.ggml.token_type", 1), "2 tokens and 1 tokenizer.ggml.token_type");
    GgufBuilder twice =
        new GgufBuilder()
            .text("general.architecture", "gpt2")
            .text("tokenizer.ggml.model", "gpt2")
            .texts("tokenizer.ggml.tokens", "a", "a");
    assertRefused(twice, "piece 'a' is there twice");
    assertRefused(twice.integers("tokenizer.ggml.token_type", 1, 7), "damaged: a piece of type 7");
    GgufBuilder pieces =
        new GgufBuilder()
            .text("tokenizer.ggml.model", "llama")
            .texts("tokenizer.ggml.tokens", "a", "b");
    assertRefused(pieces, "scores' is missing");
  }

  private static List<JsonNode> lines(String file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(goldens().resolve(file))) {
      lines.add(JsonMapper.shared().readTree(line));
    }
    return lines;
  }

  private static List<Integer> ids(JsonNode list) {
    List<Integer> ids = new ArrayList<>();
    list.forEach(id -> ids.add(id.intValue()));
    return ids;
  }
}
