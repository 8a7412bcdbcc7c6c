package dev.limpid;

import org.jspecify.annotations.Nullable;

/**
 * What an explanation is asked about.
 *
 * @param position whose prediction is explained
 * @param answer the next token of interest, or null for the route alone
 * @param distractor another token that the answer is compared with, or null
 * @param top how many predictions are listed, at least 1
 */
public record Question(
    int position, @Nullable Integer answer, @Nullable Integer distractor, int top) {
  private static final int PREDICTIONS = 5;

  /** Asks for five predictions. */
  public Question(int position, @Nullable Integer answer, @Nullable Integer distractor) {
    this(position, answer, distractor, PREDICTIONS);
  }

  /** Checks that a comparison has two sides, and the number. */
  public Question {
    if (distractor != null && answer == null) {
      throw new IllegalArgumentException("a distractor is compared with an answer: name one");
    }
    if (top < 1) {
      throw new IllegalArgumentException(top + " is not a number of predictions");
    }
  }
}
