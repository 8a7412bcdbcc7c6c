package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreTokenizerTest {
  private static List<String> split(PreTokenizer step, String text) {
    List<String> parts = new ArrayList<>();
    step.split(new Piece(text, true), part -> parts.add(part.text()));
    return parts;
  }

  @ParameterizedTest
  @CsvSource({
    "REMOVED, the|final|countdown",
    "ISOLATED, the|-|final|-|-|countdown",
    "CONTIGUOUS, the|-|final|--|countdown",
    "MERGED_WITH_PREVIOUS, the-|final-|-|countdown",
    "MERGED_WITH_NEXT, the|-final|-|-countdown"
  })
  void behaviors(SplitBehavior behavior, String parts) {
    PreTokenizer step = PreTokenizer.split(TextPattern.literal("-"), behavior);
    assertThat(split(step, "the-final--countdown")).containsExactly(parts.split("\\|"));
  }

  @Test
  void gpt2Words() {
    PreTokenizer step = PreTokenizer.split(PreTokenizer.GPT2_WORDS, SplitBehavior.ISOLATED);
    assertThat(split(step, "I'll  go,\u00a0to 2½ 𝟙x\n\n"))
        .containsExactly("I", "'ll", " ", " go", ",", "\u00a0", "to", " 2½", " 𝟙", "x", "\n\n");
  }

  @Test
  void byteLevelPutsASpaceInFront() {
    PreTokenizer step = PreTokenizer.byteLevel(true, true);
    assertThat(split(step, "a é")).containsExactly("Ġa", "ĠÃ©");
    assertThat(split(step, " a")).containsExactly("Ġa");
  }

  @Test
  void metaspaceFirstLooksAtTheWholeText() {
    PreTokenizer step = PreTokenizer.metaspace("▁", PreTokenizer.Prepend.FIRST, true);
    assertThat(split(step, "a b")).containsExactly("▁a", "▁b");
    List<String> later = new ArrayList<>();
    step.split(new Piece("a b", false), part -> later.add(part.text()));
    assertThat(later).containsExactly("a", "▁b");
  }

  @Test
  void emptyMatchesSplitBetweenCharacters() {
    TextPattern empty = TextPattern.regex(OnigurumaRegex.compile("x*"));
    assertThat(split(PreTokenizer.split(empty, SplitBehavior.ISOLATED), "a𝔾xxb"))
        .containsExactly("a", "𝔾", "xx", "b");
  }

  @Test
  void wordsOfOnigurumaHaveAnOddityOutsideClasses() {
    assertThat("½").matches(OnigurumaRegex.compile("\\w").asMatchPredicate());
    assertThat("½").doesNotMatch(OnigurumaRegex.compile("[\\w]").asMatchPredicate());
    assertThat("٣").matches(OnigurumaRegex.compile("\\d").asMatchPredicate());
    assertThat("\u3000").matches(OnigurumaRegex.compile("\\s").asMatchPredicate());
    assertThat("'ſ").matches(OnigurumaRegex.compile("(?i:'s)").asMatchPredicate());
  }
}
