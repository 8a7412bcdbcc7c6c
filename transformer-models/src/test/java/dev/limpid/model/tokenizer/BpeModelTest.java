package dev.limpid.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BpeModelTest {
  private static final BpeOptions PLAIN = new BpeOptions(null, false, false, false);

  private static BpeModel model(BpeOptions options, List<String> pieces, String... merges) {
    Map<String, Integer> ids = new HashMap<>();
    pieces.forEach(piece -> ids.put(piece, ids.size()));
    Vocabulary vocabulary = new Vocabulary(ids);
    return new BpeModel(vocabulary, MergeTable.of(List.of(merges), vocabulary), options);
  }

  @Test
  void lowerRankGoesFirstAndLeftmostAmongEquals() {
    BpeModel model = model(PLAIN, List.of("a", "b", "aa", "ab"), "a", "b", "a", "a");
    assertThat(model.encode("aaab")).containsExactly(2, 3);
    assertThat(model.encode("aaa")).containsExactly(2, 0);
  }

  @Test
  void unknownCharactersAreDroppedOrNamedOrFused() {
    List<String> pieces = List.of("?", "a");
    assertThat(model(PLAIN, pieces).encode("xya")).containsExactly(1);
    assertThat(model(new BpeOptions("?", false, false, false), pieces).encode("xyax"))
        .containsExactly(0, 0, 1, 0);
    assertThat(model(new BpeOptions("?", true, false, false), pieces).encode("xyax"))
        .containsExactly(0, 1, 0);
    BpeModel broken = model(new BpeOptions("!", true, false, false), pieces);
    assertThatThrownBy(() -> broken.encode("x")).hasMessageContaining("U+0078");
  }

  @Test
  void bytesStandInOnlyIfAllOfThemHavePieces() {
    BpeModel model =
        model(new BpeOptions("?", false, true, false), List.of("?", "<0xC3>", "<0xA9>"));
    assertThat(model.encode("é")).containsExactly(1, 2);
    assertThat(model.encode("è")).containsExactly(0);
  }

  @Test
  void wordThatIsAPieceNeedsNoMerges() {
    List<String> pieces = List.of("a", "b", "ab");
    assertThat(model(PLAIN, pieces).encode("ab")).containsExactly(0, 1);
    assertThat(model(new BpeOptions(null, false, false, true), pieces).encode("ab"))
        .containsExactly(2);
  }

  @Test
  void longWordIsNoQuadraticDisaster() {
    BpeModel model = model(PLAIN, List.of("a", "b", "ab", "abab"), "a", "b", "ab", "ab");
    assertThat(model.encode("ab".repeat(200_000))).hasSize(100_000);
  }
}
