package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddedTokensTest {
  private static final Vocabulary EMPTY = new Vocabulary(Map.of());

  private static AddedToken token(String content, boolean word, boolean left, boolean right) {
    return new AddedToken(content, AddedToken.NO_ID, word, left, right, false);
  }

  private static List<String> split(String text, AddedToken... tokens) {
    List<String> parts = new ArrayList<>();
    new AddedTokens(List.of(tokens), EMPTY, Normalizer.NONE)
        .splitWritten(
            new Piece(text, true),
            piece -> parts.add(piece.isToken() ? "#" + piece.id() : piece.text()));
    return parts;
  }

  @Test
  void longestOfThoseThatBeginLeftmost() {
    AddedToken[] tokens = {
      AddedToken.plain("<a"), AddedToken.plain("<a>"), AddedToken.plain("a>b")
    };
    assertThat(split("x<a>b<a", tokens)).containsExactly("x", "#1", "b", "#0");
  }

  @Test
  void whiteSpaceIsSwallowed() {
    assertThat(split("a <m> b", token("<m>", false, true, false))).containsExactly("a", "#0", " b");
    assertThat(split("a <m> b", token("<m>", false, false, true))).containsExactly("a ", "#0", "b");
    assertThat(split("a   b", token(" ", false, true, true))).containsExactly("a", "#0", "b");
  }

  @Test
  void singleWordMustStandAlone() {
    AddedToken word = token("cat", true, false, false);
    assertThat(split("cat cats é.cat", word)).containsExactly("#0", " cats é.", "#0");
    assertThat(split("écat cat１", word)).containsExactly("écat cat１");
  }

  @Test
  void normalizedTokensAreLookedForInNormalizedText() {
    AddedToken day = new AddedToken("DAY", AddedToken.NO_ID, false, false, false, true);
    AddedTokens tokens = new AddedTokens(List.of(day), EMPTY, Normalizer.lowercase());
    List<Integer> ids = new ArrayList<>();
    tokens.splitNormalized(new Piece("a day", true), piece -> ids.add(piece.id()));
    assertThat(ids).containsExactly(Piece.NO_ID, 0);
    assertThat(tokens.content(0)).isEqualTo("DAY");
    assertThat(tokens.decoded(0)).isEqualTo("day");
  }

  @Test
  void idsComeFromTheVocabularyOrFollowIt() {
    Vocabulary vocabulary = new Vocabulary(Map.of("a", 0, "b", 1));
    AddedTokens tokens =
        new AddedTokens(
            List.of(AddedToken.plain("b"), AddedToken.plain("c").withId(2)),
            vocabulary,
            Normalizer.NONE);
    assertThat(tokens.id("b")).isEqualTo(1);
    assertThat(tokens.id("c")).isEqualTo(2);
    assertThatThrownBy(() ->
            new AddedTokens(List.of(AddedToken.plain("b").withId(5)), vocabulary, Normalizer.NONE))
        .hasMessageContaining("states the id 5, the vocabulary makes it 1");
  }
}
