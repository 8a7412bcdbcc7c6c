package dev.limpid.view;

import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.Tokenizer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How documents spell tokens.
 *
 * @param tokenizer the model's; empty where it has none, and tokens are numbers
 */
public record TokenNames(Optional<LoadedTokenizer> tokenizer) {

  /** Returns a token as people read it; null without a tokenizer, or beyond its vocabulary. */
  public @Nullable String text(int id) {
    return known(id).map(t -> t.text(id)).orElse(null);
  }

  /** Returns a token as the vocabulary stores it; null where {@link #text} is. */
  public @Nullable String piece(int id) {
    return known(id).map(t -> t.piece(id)).orElse(null);
  }

  /** Returns tokens with their texts, one per position. */
  public List<TokenView> views(List<Integer> tokens) {
    return IntStream.range(0, tokens.size())
        .mapToObj(t -> new TokenView(t, tokens.get(t), text(tokens.get(t)), piece(tokens.get(t))))
        .toList();
  }

  /**
   * Returns the first token below {@code dVocab} with exactly this text. Encoded alone, a token can
   * get a word's beginning in front: the text decides, not the ids.
   */
  public OptionalInt id(String text, int dVocab) {
    return tokenizer.map(LoadedTokenizer::tokenizer).stream()
        .flatMapToInt(t ->
            IntStream.range(0, Math.min(dVocab, t.size())).filter(id -> t.text(id).equals(text)))
        .findFirst();
  }

  /** A model often has more ids than its tokenizer, and a vocabulary may have holes. */
  private Optional<Tokenizer> known(int id) {
    return tokenizer.map(LoadedTokenizer::tokenizer).filter(t -> t.knows(id));
  }
}
