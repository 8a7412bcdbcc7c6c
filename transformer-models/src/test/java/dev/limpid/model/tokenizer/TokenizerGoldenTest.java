package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every golden tokenizer must give what the {@code tokenizers} library gives. */
class TokenizerGoldenTest {
  private static final JsonMapper JSON = new JsonMapper();

  static List<Path> folders() throws IOException {
    try (Stream<Path> entries = Files.list(root())) {
      List<Path> folders = entries.filter(Files::isDirectory).sorted().toList();
      assertThat(folders).as("golden tokenizers in " + root()).isNotEmpty();
      return folders;
    }
  }

  private static Path root() {
    return TestData.folder().resolve("goldens/tokenizers");
  }

  @ParameterizedTest
  @MethodSource("folders")
  void encodesAndDecodesAsTheLibrary(Path folder) throws IOException {
    check(load(folder), folder);
  }

  @ParameterizedTest
  @MethodSource("folders")
  void decodesAnyIdsAsTheLibrary(Path folder) throws IOException {
    Tokenizer tokenizer = load(folder);
    for (JsonNode line : lines(folder.resolve("decode.jsonl"))) {
      List<Integer> ids = ids(line.get("ids"));
      assertThat(tokenizer.decode(ids)).as("%s", ids).isEqualTo(line.get("decoded").stringValue());
    }
  }

  static List<Path> demoModels() {
    return TestData.demoModels();
  }

  /** Lines as above, but without {@code decoded} where it is the text again. */
  @ParameterizedTest
  @MethodSource("demoModels")
  void bundledModelsEncodeAndDecodeAsTheLibrary(Path folder) throws IOException {
    Tokenizer tokenizer = load(folder);
    List<JsonNode> texts = lines(root().resolve("lines.jsonl"));
    List<JsonNode> expected =
        lines(TestData.demoGoldens(folder).resolve("tokenizer-expected.jsonl"));
    assertThat(expected).hasSameSizeAs(texts).isNotEmpty();
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).get("text").stringValue();
      JsonNode line = expected.get(i);
      List<Integer> ids = tokenizer.encode(text, false);
      assertThat(ids).as("line %d: %s", i, text).isEqualTo(ids(line.get("ids")));
      assertThat(tokenizer.encode(text, true))
          .as("line %d: %s", i, text)
          .isEqualTo(ids(line.get("special_ids")));
      assertThat(tokenizer.decode(ids))
          .as("line %d", i)
          .isEqualTo(line.has("decoded") ? line.get("decoded").stringValue() : text);
    }
  }

  @Test
  void vocabularyAndMergesAsFilesOfTheirOwnGiveTheSame() throws IOException {
    Path folder = root().resolve("gpt2-byte-level");
    Tokenizer tokenizer =
        ByteLevelBpe.read(
            folder.resolve("vocab.json"),
            folder.resolve("merges.txt"),
            TokenizerConfig.read(folder));
    check(tokenizer, folder);
  }

  /**
   * A line leaves out ids with special tokens that are those without, and a text that is itself.
   */
  private static void check(Tokenizer tokenizer, Path folder) throws IOException {
    List<JsonNode> texts = lines(root().resolve("lines.jsonl"));
    List<JsonNode> expected = lines(folder.resolve("expected.jsonl"));
    assertThat(expected).hasSameSizeAs(texts).isNotEmpty();
    for (int i = 0; i < texts.size(); i++) {
      String text = texts.get(i).get("text").stringValue();
      JsonNode line = expected.get(i);
      List<Integer> ids = tokenizer.encode(text, false);
      List<Integer> special = tokenizer.encode(text, true);
      String decoded = line.has("decoded") ? line.get("decoded").stringValue() : text;
      assertThat(ids).as("line %d: %s", i, text).isEqualTo(ids(line.get("ids")));
      assertThat(special)
          .as("line %d: %s", i, text)
          .isEqualTo(line.has("special_ids") ? ids(line.get("special_ids")) : ids);
      assertThat(tokenizer.decode(ids)).as("line %d", i).isEqualTo(decoded);
      assertThat(tokenizer.decode(special))
          .as("line %d", i)
          .isEqualTo(
              line.has("special_decoded") ? line.get("special_decoded").stringValue() : decoded);
    }
  }

  private static Tokenizer load(Path folder) throws IOException {
    return TokenizerLoader.load(folder).orElseThrow().tokenizer();
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  private static List<Integer> ids(JsonNode list) {
    List<Integer> ids = new ArrayList<>();
    list.forEach(id -> ids.add(id.intValue()));
    return ids;
  }
}
