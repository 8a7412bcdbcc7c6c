package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerLoaderTest {
  private static final String MODEL =
      """
      {"type":"BPE","unk_token":null,"vocab":{"a":0,"b":1,"ab":2,"<s>":3},"merges":["a b"]}\
      """;

  @TempDir Path folder;

  private Tokenizer tokenizer(String json) throws IOException {
    return loaded(json).tokenizer();
  }

  private LoadedTokenizer loaded(String json) throws IOException {
    Files.writeString(folder.resolve("tokenizer.json"), json);
    return TokenizerLoader.load(folder).orElseThrow();
  }

  @Test
  void folderWithoutFilesHasNoTokenizer() throws IOException {
    assertThat(TokenizerLoader.load(folder)).isEmpty();
  }

  @Test
  void smallestFile() throws IOException {
    Tokenizer tokenizer = tokenizer("{\"model\":%s}".formatted(MODEL));
    assertThat(tokenizer.encode("abba?", true)).containsExactly(2, 1, 0);
    assertThat(tokenizer.size()).isEqualTo(4);
    assertThat(tokenizer.id("ab")).isEqualTo(2);
    assertThat(tokenizer.id("c")).isEqualTo(-1);
    assertThat(tokenizer.decode(List.of(2, 0))).isEqualTo("ab a");
    assertThatThrownBy(() -> tokenizer.piece(4))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("4");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      textBlock =
          """
          {                                                        | no valid JSON
          []                                                       | not a JSON object
          {}                                                       | model has no vocab
          {"model":3}                                              | model is not an object
          {"model":{"vocab":{"a":0}}}                              | model has no merges
          {"model":{"merges":[]}}                                  | model has no vocab
          {"model":{"vocab":{"a":-1},"merges":[]}}                 | piece 'a' has the id -1
          {"model":{"vocab":{"a":99999999},"merges":[]}}           | piece 'a' has the id 99999999
          {"model":{"vocab":{"a":99999999999},"merges":[]}}        | out of range
          {"model":{"vocab":{"a":1,"b":1},"merges":[]}}            | have the same id 1
          {"model":{"vocab":{"a":1,"a":2},"merges":[]}}            | has 'a' twice
          {"model":{"vocab":{"a":"1"},"merges":[]}}                | is not a number
          {"model":{"vocab":{"a":1},"merges":["a a"]}}             | merge 0 needs the piece 'aa'
          {"model":{"vocab":{"a":1},"merges":["a"]}}               | merge 0 is 'a', not two pieces
          {"model":{"vocab":{"a":1},"merges":[["a"]]}}             | is not a text
          {"model":{"vocab":{},"merges":[]},"decoder":3}           | decoder is 3
          {"model":{"vocab":{},"merges":[]},"decoder":{}}          | decoder.type is missing
          {"model":{"vocab":{},"merges":[]}} x                     | no valid JSON
          {"model":{"vocab":{},"merges":[]},"added_tokens":[{"id":7,"content":"x"}]} | states the id 7
          {"model":{"vocab":{},"merges":[]},"added_tokens":[{"id":-7,"content":"x"}]} | added_tokens[0].id
          """)
  void damagedFileNamesPathAndReason(String json, String reason) {
    assertThatThrownBy(() -> loaded(json))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("\n");
  }

  @Test
  void deeplyNestedFileIsDamaged() {
    String deep = "{\"normalizer\":" + "[".repeat(100_000);
    assertThatThrownBy(() -> loaded(deep))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("no valid JSON");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '#',
      textBlock =
          """
          "model":{"type":"Unigram","vocab":[]}                              | model Unigram
          "model":{"dropout":0.1}                                            | model.dropout 0.1
          "model":{"end_of_word_suffix":"</w>"}                              | model.end_of_word_suffix '</w>'
          "normalizer":{"type":"Precompiled"}                                | normalizer Precompiled
          "pre_tokenizer":{"type":"Sequence","pretokenizers":[{"type":"X"}]} | pre_tokenizer.pretokenizers[0] X
          "post_processor":{"type":"BertProcessing"}                         | post_processor BertProcessing
          "decoder":{"type":"CTC"}                                           | decoder CTC
          "version":"2.0"                                                    | version "2.0"
          "decoder":{"type":"Replace","pattern":{"Regex":"\\\\X"},"content":""} | regular expression with \\X
          "decoder":{"type":"Replace","pattern":{"Regex":"(?i:i)"},"content":""} | where case is ignored
          "decoder":{"type":"Replace","pattern":{"Regex":"a{2}+"},"content":""} | '+' after an interval
          """)
  void unknownStepIsNamedAndNotSkipped(String part, String step) {
    String json = part.startsWith("\"model\"") ? part : part + ",\"model\":" + MODEL;
    assertThatThrownBy(() -> loaded("{" + json + "}"))
        .isInstanceOf(UnsupportedTokenizerException.class)
        .hasMessageContaining("tokenizer.json: not supported: ")
        .hasMessageContaining(step);
  }

  @Test
  void readsWhichTokensAreSpecial() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"bos_token":{"content":"<s>","lstrip":false},"eos_token":"ab","add_bos_token":true}\
        """);
    LoadedTokenizer loaded = loaded("{\"model\":%s}".formatted(MODEL));
    assertThat(loaded.specialTokens().bos()).hasValue(3);
    assertThat(loaded.specialTokens().eos()).containsExactly(2);
    assertThat(loaded.specialTokens().addsBos()).isTrue();
    assertThat(loaded.prompt("a", true)).containsExactly(3, 0);
    assertThat(loaded.prompt("a", false)).containsExactly(0);
  }

  @Test
  void templateDecidesWhetherTheBosIsAdded() throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_bos_token\":false}");
    LoadedTokenizer loaded =
        loaded(
            """
            {"model":%s,"post_processor":{"type":"TemplateProcessing",
             "single":[{"SpecialToken":{"id":"<s>"}},{"Sequence":{"id":"A"}}],
             "special_tokens":{"<s>":{"id":"<s>","ids":[3]}}}}\
            """
                .formatted(MODEL));
    assertThat(loaded.specialTokens().bos()).hasValue(3);
    assertThat(loaded.specialTokens().addsBos()).isTrue();
    assertThat(loaded.prompt("b", true)).containsExactly(3, 1);
  }

  @Test
  void missingBosIsAnError() throws IOException {
    LoadedTokenizer loaded = loaded("{\"model\":%s}".formatted(MODEL));
    assertThat(loaded.specialTokens().addsBos()).isFalse();
    assertThatThrownBy(() -> loaded.prompt("a", true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no BOS");
  }

  @Test
  void damagedConfigIsNamed() throws IOException {
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"bos_token\":");
    assertThatThrownBy(() -> TokenizerLoader.load(folder))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("tokenizer_config.json");
  }

  @Test
  void gpt2FilesWithoutConfigKnowTheirEndOfText() throws IOException {
    Files.writeString(
        folder.resolve("vocab.json"), "{\"a\":0,\"Ġ\":1,\"Ġa\":2,\"<|endoftext|>\":3}");
    Files.writeString(folder.resolve("vocab.bpe"), "#version: 0.2\nĠ a\n");
    LoadedTokenizer loaded = TokenizerLoader.load(folder).orElseThrow();
    assertThat(loaded.tokenizer().encode("a a<|endoftext|>", true)).containsExactly(0, 2, 3);
    assertThat(loaded.specialTokens().bos()).hasValue(3);
    assertThat(loaded.specialTokens().eos()).containsExactly(3);
    assertThat(loaded.tokenizer().text(2)).isEqualTo(" a");
  }

  /** Such as pad_token, or the turns of a chat. */
  @Test
  void specialTokensNamedBesideTheFileGetTheNextIds() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"bos_token": "<s>", "pad_token": {"content": "<pad>", "special": true},
         "additional_special_tokens": ["<turn>", "<s>", "<end>"]}
        """);
    Tokenizer tokenizer = tokenizer("{\"model\":%s}".formatted(MODEL));
    assertThat(tokenizer.encode("ab<turn>a<pad><end><s>", false)).containsExactly(2, 5, 0, 4, 6, 3);
  }

  @Test
  void aPrefixSpaceNamedBesideTheFileCounts() throws IOException {
    String bytes =
        """
        {"model":{"type":"BPE","vocab":{"a":0,"b":1,"Ġ":2,"Ġa":3},"merges":["Ġ a"]},
         "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":%s,"use_regex":true}}\
        """;
    assertThat(tokenizer(bytes.formatted(false)).encode("ab", false)).containsExactly(0, 1);
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_prefix_space\": true}");
    assertThat(tokenizer(bytes.formatted(false)).encode("ab", false)).containsExactly(3, 1);
    Files.writeString(folder.resolve("tokenizer_config.json"), "{\"add_prefix_space\": false}");
    assertThat(tokenizer(bytes.formatted(true)).encode("ab", false)).containsExactly(0, 1);
  }

  @Test
  void addedTokensBesideAVocabularyHaveTheIdsTheyState() throws IOException {
    Files.writeString(folder.resolve("vocab.json"), "{\"a\":0,\"b\":1,\"ab\":2}");
    Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\na b\n");
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<two>\": 4, \"<one>\": 3}");
    Tokenizer tokenizer = TokenizerLoader.load(folder).orElseThrow().tokenizer();
    assertThat(tokenizer.encode("ab<two>a<one>", false)).containsExactly(2, 4, 0, 3);

    Files.writeString(folder.resolve("added_tokens.json"), "{\"<two>\": 9}");
    assertThatThrownBy(() -> TokenizerLoader.load(folder))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("'<two>' states the id 9");
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<two>\": \"x\"}");
    assertThatThrownBy(() -> TokenizerLoader.load(folder))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("added_tokens.json");
  }

  @Test
  void addedTokensByIdAreInTheOrderOfTheirIds() throws IOException {
    Files.writeString(folder.resolve("vocab.json"), "{\"a\":0,\"b\":1}");
    Files.writeString(folder.resolve("merges.txt"), "");
    Files.writeString(
        folder.resolve("tokenizer_config.json"),
        """
        {"added_tokens_decoder": {"3": {"content": "<y>", "special": true},
                                  "2": {"content": "<x>", "special": true}}}
        """);
    Tokenizer tokenizer = TokenizerLoader.load(folder).orElseThrow().tokenizer();
    assertThat(tokenizer.encode("<x>a<y>", false)).containsExactly(2, 0, 3);
  }
}
