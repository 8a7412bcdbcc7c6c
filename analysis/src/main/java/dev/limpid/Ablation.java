package dev.limpid;

import java.util.Locale;

/** What comes in the place of a value that is taken out. */
public enum Ablation {
  /** Nothing: 0. */
  ZERO,
  /** The value at the same place in the run of another prompt. */
  PATCH,
  /** The mean of that value over the runs of other prompts, position by position. */
  MEAN;

  /** Returns the usual one: {@link #PATCH} where there is another prompt to take from. */
  public static Ablation byDefault(boolean hasSource) {
    return hasSource ? PATCH : ZERO;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
