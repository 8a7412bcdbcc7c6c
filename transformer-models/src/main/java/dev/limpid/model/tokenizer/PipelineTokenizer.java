package dev.limpid.model.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps of a Hugging Face tokenizer, one after the other: added tokens are split off, the rest
 * is normalized, split into words and encoded; the template adds its tokens. Immutable.
 */
final class PipelineTokenizer implements Tokenizer {
  /** Longer words are seldom seen twice. */
  private static final int MAX_REMEMBERED_WORD = 64;

  private final Path source;
  private final AddedTokens addedTokens;
  private final Normalizer normalizer;
  private final PreTokenizer preTokenizer;
  private final BpeModel model;
  private final Template template;
  private final Decoder decoder;

  PipelineTokenizer(
      Path source,
      AddedTokens addedTokens,
      Normalizer normalizer,
      PreTokenizer preTokenizer,
      BpeModel model,
      Template template,
      Decoder decoder) {
    this.source = source;
    this.addedTokens = addedTokens;
    this.normalizer = normalizer;
    this.preTokenizer = preTokenizer;
    this.model = model;
    this.template = template;
    this.decoder = decoder;
  }

  Template template() {
    return template;
  }

  @Override
  public List<Integer> encode(String text, boolean addSpecialTokens) {
    try {
      Run run = new Run();
      addedTokens.splitWritten(new Piece(wellFormed(text), true), run::written);
      return addSpecialTokens ? template.apply(run.ids) : run.ids;
    } catch (TokenizationException e) {
      throw e.in(source);
    }
  }

  /** One text on its way through the steps; remembers the words it has seen. */
  private final class Run {
    final List<Integer> ids = new ArrayList<>();
    private final Map<String, int[]> seen = new HashMap<>();

    void written(Piece piece) {
      if (piece.isToken()) {
        ids.add(piece.id());
      } else {
        Piece normalized = piece.withText(normalizer.normalize(piece.text()));
        addedTokens.splitNormalized(normalized, this::normalized);
      }
    }

    private void normalized(Piece piece) {
      if (piece.isToken()) {
        ids.add(piece.id());
      } else {
        preTokenizer.split(piece, this::word);
      }
    }

    private void word(Piece piece) {
      String word = piece.text();
      int[] encoded =
          word.length() <= MAX_REMEMBERED_WORD
              ? seen.computeIfAbsent(word, model::encode)
              : model.encode(word);
      for (int id : encoded) {
        ids.add(id);
      }
    }
  }

  /** Replaces surrogates without a partner, which no file of UTF-8 can hold, by U+FFFD. */
  private static String wellFormed(String text) {
    StringBuilder repaired = null;
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        repaired = repaired == null ? new StringBuilder(text) : repaired;
        repaired.setCharAt(at, '\uFFFD');
      }
      at += Character.charCount(codePoint);
    }
    return repaired == null ? text : repaired.toString();
  }

  @Override
  public String decode(List<Integer> ids) {
    List<String> pieces = new ArrayList<>(ids.size());
    for (int id : ids) {
      String added = addedTokens.decoded(id);
      pieces.add(added == null ? piece(id) : added);
    }
    try {
      return String.join("", decoder.decode(pieces));
    } catch (TokenizationException e) {
      throw e.in(source);
    }
  }

  @Override
  public String piece(int id) {
    String added = addedTokens.content(id);
    String piece = added == null ? model.vocabulary().piece(id) : added;
    if (piece == null) {
      throw new IndexOutOfBoundsException(
          "no token has the id %d: the vocabulary ends at %d".formatted(id, size() - 1));
    }
    return piece;
  }

  @Override
  public String text(int id) {
    String added = addedTokens.content(id);
    return added == null ? decoder.readable(piece(id)) : added;
  }

  @Override
  public boolean knows(int id) {
    return addedTokens.content(id) != null || model.vocabulary().piece(id) != null;
  }

  @Override
  public int size() {
    return Math.max(addedTokens.size(), model.vocabulary().size());
  }

  @Override
  public int id(String piece) {
    int added = addedTokens.id(piece);
    return added >= 0 ? added : model.vocabulary().id(piece);
  }
}
