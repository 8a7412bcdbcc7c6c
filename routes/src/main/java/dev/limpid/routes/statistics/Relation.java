package dev.limpid.routes.statistics;

import java.util.Locale;

/** Where a key stands, seen from what reads it. */
public enum Relation {
  /** The same position. */
  SELF(0),
  /** The first position of the prompt. */
  FIRST(1),
  /** The one before. */
  PREVIOUS(2),
  /** Any other. */
  OTHER(3);

  /** How many there are. */
  static final int COUNT = 4;

  private final int row;

  Relation(int row) {
    this.row = row;
  }

  /** Returns its row in arrays of numbers by relation. */
  int row() {
    return row;
  }

  /** Returns what a key is to a query. */
  static Relation of(int key, int query) {
    if (key == query) {
      return SELF;
    }
    if (key == 0) {
      return FIRST;
    }
    return key == query - 1 ? PREVIOUS : OTHER;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
