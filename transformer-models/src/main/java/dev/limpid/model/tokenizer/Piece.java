package dev.limpid.model.tokenizer;

/**
 * A stretch of text on its way to ids, or one that is an added token already.
 *
 * @param id the id of the added token, or {@link #NO_ID} for text still to be split
 * @param first whether the stretch begins where the whole text begins
 */
record Piece(String text, int id, boolean first) {
  static final int NO_ID = -1;

  Piece(String text, boolean first) {
    this(text, NO_ID, first);
  }

  boolean isToken() {
    return id != NO_ID;
  }

  /** Returns a part of this text, from start to end. */
  Piece part(int start, int end) {
    return new Piece(text.substring(start, end), first && start == 0);
  }

  Piece withText(String other) {
    return new Piece(other, id, first);
  }
}
