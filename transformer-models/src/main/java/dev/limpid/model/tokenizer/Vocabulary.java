package dev.limpid.model.tokenizer;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pieces of a model and their ids, which may have gaps. */
final class Vocabulary {
  /** The largest id that is believed; a larger one is damage and would exhaust the memory. */
  static final int MAX_ID = (1 << 24) - 1;

  /** Code points below this, the alphabet of bytes among them, are looked up without hashing. */
  private static final int DIRECT = 0x400;

  private final Map<String, Integer> ids;
  private final @Nullable String[] pieces;
  private final int[] direct = new int[DIRECT];

  /**
   * Creates a vocabulary.
   *
   * @throws IllegalArgumentException if an id is negative, too large or given twice
   */
  Vocabulary(Map<String, Integer> ids) {
    this.ids = new HashMap<>(ids);
    int largest = -1;
    for (Map.Entry<String, Integer> entry : ids.entrySet()) {
      if (entry.getValue() < 0 || entry.getValue() > MAX_ID) {
        throw new IllegalArgumentException(
            "piece '%s' has the id %d".formatted(entry.getKey(), entry.getValue()));
      }
      largest = Math.max(largest, entry.getValue());
    }
    pieces = new @Nullable String[largest + 1];
    ids.forEach(this::place);
    for (int i = 0; i < DIRECT; i++) {
      direct[i] = id(Character.toString(i));
    }
  }

  private void place(String piece, int id) {
    String other = pieces[id];
    if (other != null) {
      throw new IllegalArgumentException(
          "pieces '%s' and '%s' have the same id %d".formatted(other, piece, id));
    }
    pieces[id] = piece;
  }

  /** Returns the id of a piece, or -1. */
  int id(String piece) {
    Integer id = ids.get(piece);
    return id == null ? -1 : id;
  }

  /** Returns the id of the piece that is one code point, or -1. */
  int id(int codePoint) {
    return codePoint < DIRECT ? direct[codePoint] : id(Character.toString(codePoint));
  }

  /** Returns the piece of an id, or null if there is none. */
  @Nullable String piece(int id) {
    return id >= 0 && id < pieces.length ? pieces[id] : null;
  }

  /** Returns the largest id plus one. */
  int size() {
    return pieces.length;
  }

  /** Returns how many pieces there are. */
  int count() {
    return ids.size();
  }
}
