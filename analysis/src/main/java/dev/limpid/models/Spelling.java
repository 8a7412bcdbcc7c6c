package dev.limpid.models;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Which of the words there are was meant by a misspelt one. */
public final class Spelling {
  /** One slip for so many letters. */
  private static final int LETTERS = 3;

  private Spelling() {}

  /** Returns the word with the fewest slips, if they are few; of equal ones the first. */
  public static Optional<String> nearest(String word, Collection<String> words) {
    return words.stream()
        .filter(other -> slips(word, other) <= Math.max(1, word.length() / LETTERS))
        .min(Comparator.comparingInt(other -> slips(word, other)));
  }

  /**
   * Returns how many letters are wrong, missing, too many, or change places with the next (optimal
   * string alignment, Damerau 1964).
   */
  static int slips(String a, String b) {
    int[][] slips = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        slips[i][j] = Math.min(i, j) == 0 ? Math.max(i, j) : step(slips, a, b, i, j);
      }
    }
    return slips[a.length()][b.length()];
  }

  private static int step(int[][] slips, String a, String b, int i, int j) {
    int wrong = slips[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int least = Math.min(wrong, 1 + Math.min(slips[i - 1][j], slips[i][j - 1]));
    boolean isTurned =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return isTurned ? Math.min(least, slips[i - 2][j - 2] + 1) : least;
  }
}
