package dev.limpid.model.tokenizer;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The added tokens of a tokenizer: finds them in a text, leftmost and longest first. */
final class AddedTokens {
  /** Every place of a text is compared with the tokens: far longer ones would take for ever. */
  private static final int LONGEST = 512;

  private final Map<String, AddedToken> byContent = new HashMap<>();
  private final Map<Integer, AddedToken> byId = new HashMap<>();
  private final Map<Integer, String> decoded = new HashMap<>();
  private final TokenTrie asWritten = new TokenTrie();
  private final TokenTrie asNormalized = new TokenTrie();
  private int size;

  /**
   * Creates the tokens. A token without an id, or with one that the vocabulary does not know, gets
   * the next free one, as in Hugging Face.
   *
   * @throws IllegalArgumentException if a token's stated id is not the one it gets, which would be
   *     read differently by different programs
   */
  AddedTokens(List<AddedToken> tokens, Vocabulary vocabulary, Normalizer normalizer) {
    int next = vocabulary.count();
    for (AddedToken token : tokens) {
      if (token.content().isEmpty()) {
        continue;
      }
      if (token.content().length() > LONGEST) {
        throw new IllegalArgumentException(
            "an added token has %d characters".formatted(token.content().length()));
      }
      int id = vocabulary.id(token.content());
      AddedToken known = byContent.get(token.content());
      if (id < 0) {
        id = known != null ? known.id() : next++;
      }
      if (token.id() != AddedToken.NO_ID && token.id() != id) {
        throw new IllegalArgumentException(
            "added token '%s' states the id %d, the vocabulary makes it %d"
                .formatted(token.content(), token.id(), id));
      }
      AddedToken placed = token.withId(id);
      byContent.put(token.content(), placed);
      byId.put(id, placed);
      String form = token.normalized() ? normalizer.normalize(token.content()) : token.content();
      if (form.isEmpty()) {
        throw new IllegalArgumentException(
            "added token '%s' is empty once it is normalized".formatted(token.content()));
      }
      decoded.put(id, form);
      size = Math.max(size, id + 1);
    }
    for (AddedToken token : byId.values()) {
      (token.normalized() ? asNormalized : asWritten).add(form(token), token.id());
    }
  }

  private String form(AddedToken token) {
    return decoded.getOrDefault(token.id(), token.content());
  }

  /** Returns the largest id plus one, or 0 if there are no tokens. */
  int size() {
    return size;
  }

  /** Returns the id of a token, or -1. */
  int id(String content) {
    AddedToken token = byContent.get(content);
    return token == null ? -1 : token.id();
  }

  /** Returns the token of an id as written, or null. */
  @Nullable String content(int id) {
    AddedToken token = byId.get(id);
    return token == null ? null : token.content();
  }

  /** Returns the token of an id as decoders see it, or null: as normalized where it is. */
  @Nullable String decoded(int id) {
    return decoded.get(id);
  }

  /** Splits off the tokens that are looked for in the text as written. */
  void splitWritten(Piece piece, Consumer<Piece> out) {
    split(asWritten, piece, out);
  }

  /** Splits off the tokens that are looked for in the normalized text. */
  void splitNormalized(Piece piece, Consumer<Piece> out) {
    split(asNormalized, piece, out);
  }

  private void split(TokenTrie trie, Piece piece, Consumer<Piece> out) {
    String text = piece.text();
    int done = 0;
    int at = trie.isEmpty() ? text.length() : 0;
    while (at < text.length()) {
      TokenTrie.Hit hit = trie.longestAt(text, at);
      if (hit == null) {
        at++;
        continue;
      }
      AddedToken token = token(hit.id());
      if (!token.singleWord() || standsAlone(text, at, hit.end())) {
        int start = token.lstrip() ? spaceStart(text, done, at) : at;
        if (done < start) {
          out.accept(piece.part(done, start));
        }
        int end = token.rstrip() ? spaceEnd(text, Math.max(done, hit.end())) : hit.end();
        if (start < end) { // not where the token before swallowed this one
          out.accept(new Piece(token.content(), token.id(), false));
        }
        done = end;
      }
      at = hit.end();
    }
    if (done < text.length()) {
      out.accept(piece.part(done, text.length()));
    }
  }

  private AddedToken token(int id) {
    AddedToken token = byId.get(id);
    if (token == null) {
      throw new IllegalStateException("no added token has the id " + id);
    }
    return token;
  }

  private static boolean standsAlone(String text, int start, int end) {
    boolean left = start == 0 || !UnicodeClass.isWord(text.codePointBefore(start));
    boolean right = end == text.length() || !UnicodeClass.isWord(text.codePointAt(end));
    return left && right;
  }

  /** Looks no further back than {@code from}, where the token before ended. */
  private static int spaceStart(String text, int from, int end) {
    int start = Math.max(from, end);
    while (start > from && UnicodeClass.isWhiteSpace(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private static int spaceEnd(String text, int start) {
    int end = start;
    while (end < text.length() && UnicodeClass.isWhiteSpace(text.charAt(end))) {
      end++;
    }
    return end;
  }
}
