package dev.limpid.model.tokenizer;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The pieces of a model and their ids, which may have gaps. */
final class Vocabulary {
  /** The largest id that is believed; a larger one is damage and would exhaust the memory. */
  static final int MAX_ID = (1 << 24) - 1;

  private static final int GAPS = 1 << 16;
  private static final int GAPS_PER_PIECE = 64;

  /** Code points below this, the alphabet of bytes among them, are looked up without hashing. */
  private static final int DIRECT = 0x400;

  private final Map<String, Integer> ids;
  private final @Nullable String[] pieces;
  private final int[] direct = new int[DIRECT];

  /**
   * Creates a vocabulary.
   *
   * @param ids kept, not copied: nobody else may change it
   * @throws IllegalArgumentException if an id is negative, too large or given twice
   */
  Vocabulary(Map<String, Integer> ids) {
    this.ids = ids;
    int largest = -1;
    // A table is made of the ids: gaps in them are fine, a desert is damage.
    long limit = Math.min(MAX_ID, GAPS + (long) GAPS_PER_PIECE * ids.size());
    for (Map.Entry<String, Integer> entry : ids.entrySet()) {
      if (entry.getValue() < 0 || entry.getValue() > limit) {
        throw new IllegalArgumentException(
            "piece '%s' has the id %d, and there are only %d pieces"
                .formatted(entry.getKey(), entry.getValue(), ids.size()));
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
