package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizer files made to take time, stack or memory without end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTokenizerTest {
  private static final String SPLIT =
      "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"%s\"},\"behavior\":\"Isolated\",\"invert\":false}";

  @TempDir Path folder;

  private Tokenizer load(String more) throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]},%s}"
            .formatted(more));
    return TokenizerLoader.load(folder).orElseThrow().tokenizer();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+b", "(a|aa)*b", "(?:a|b)*c"})
  void expressionsThatBlowUpOnAText(String regex) throws IOException {
    Tokenizer tokenizer = load("\"pre_tokenizer\":" + SPLIT.formatted(regex));
    assertThat(tokenizer.encode("ab", false)).containsExactly(0, 1);
    assertThatThrownBy(() -> tokenizer.encode("a".repeat(50_000), false))
        .isInstanceOf(TokenizationException.class)
        .hasMessageContaining("tokenizer.json: a regular expression");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(?:){100001}", "(?:(?:){9999}){9999}", "a{99,}{9999,9999}"})
  void expressionsThatRepeatForEver(String regex) {
    assertThatThrownBy(() -> load("\"pre_tokenizer\":" + SPLIT.formatted(regex)))
        .isInstanceOf(UnsupportedTokenizerException.class)
        .hasMessageContainingAll("tokenizer.json", "so many repetitions");
  }

  @Test
  void expressionsThatNestTooDeep() {
    String regex = "(".repeat(50_000) + "a" + ")".repeat(50_000);
    assertThatThrownBy(() -> load("\"pre_tokenizer\":" + SPLIT.formatted(regex)))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContainingAll("tokenizer.json", "Stack overflow");
  }

  @ParameterizedTest
  @ValueSource(strings = {"String", "Regex"})
  void replacementsThatDoubleATextFortyTimes(String kind) throws IOException {
    String steps =
        String.join(
            ",",
            Collections.nCopies(
                40,
                "{\"type\":\"Replace\",\"pattern\":{\"%s\":\"a\"},\"content\":\"aa\"}"
                    .formatted(kind)));
    Tokenizer tokenizer =
        load(
            "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[%s]},".formatted(steps)
                + "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[%s]}".formatted(steps));
    assertThatThrownBy(() -> tokenizer.encode("a", false))
        .isInstanceOf(TokenizationException.class)
        .hasMessageContainingAll("tokenizer.json", "too long");
    assertThatThrownBy(() -> tokenizer.decode(java.util.List.of(0)))
        .isInstanceOf(TokenizationException.class)
        .hasMessageContainingAll("tokenizer.json", "too long");
  }

  @Test
  void stepsThatWriteBytesAsCharactersAgainAndAgain() throws IOException {
    String step = "{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":false}";
    Tokenizer tokenizer =
        load(
            "\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[%s]}"
                .formatted(String.join(",", Collections.nCopies(100, step))));
    assertThatThrownBy(() -> tokenizer.encode("é", false))
        .isInstanceOf(TokenizationException.class)
        .hasMessageContainingAll("tokenizer.json", "too long");
  }

  @Test
  void tenThousandSteps() throws IOException {
    String steps = String.join(",", Collections.nCopies(10_000, SPLIT.formatted("b")));
    Tokenizer tokenizer =
        load("\"pre_tokenizer\":{\"type\":\"Sequence\",\"pretokenizers\":[%s]}".formatted(steps));
    assertThat(tokenizer.encode("aba", false)).containsExactly(0, 1, 0);
  }

  @Test
  void addedTokensOfSpacesInALongTextOfSpaces() throws IOException {
    Tokenizer tokenizer =
        load(
            "\"added_tokens\":[{\"id\":2,\"content\":\" \",\"lstrip\":true,\"rstrip\":true,"
                + "\"normalized\":false,\"special\":true}]");
    assertThat(tokenizer.encode(" ".repeat(300_000) + "a", false)).startsWith(2).endsWith(0);
  }

  @Test
  void addedTokensWithoutEnd() {
    String token = "{\"id\":2,\"content\":\"%s\"}".formatted("x".repeat(100_000));
    assertThatThrownBy(() -> load("\"added_tokens\":[%s]".formatted(token)))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("an added token has 100000 characters");
  }

  @Test
  void sectionsThatAreThereTwice() {
    assertThatThrownBy(() -> load("\"model\":{\"vocab\":{},\"merges\":[]}"))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("'model' is there twice");
  }

  @Test
  void oneIdFarBeyondTheOthers() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":16000000},\"merges\":[]}}");
    assertThatThrownBy(() -> TokenizerLoader.load(folder))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("piece 'a' has the id 16000000, and there are only 1 pieces");
  }

  @Test
  void namesThatWouldBreakTheLine() throws IOException {
    Files.writeString(
        folder.resolve("tokenizer.json"),
        "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\\nb\\u001b[2J\":-1},\"merges\":[]}}");
    assertThatThrownBy(() -> TokenizerLoader.load(folder))
        .hasMessageContaining("piece 'a\uFFFDb\uFFFD[2J' has the id -1");
  }
}
