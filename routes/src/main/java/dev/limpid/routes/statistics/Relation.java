package dev.limpid.routes.statistics;

import java.util.Locale;

/** Where a key stands, seen from what reads it. */
public enum Relation {
  /** The same position. */
  SELF,
  /** The first position of the prompt. */
  FIRST,
  /** The one before. */
  PREVIOUS,
  /** Any other. */
  OTHER;

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
