package dev.limpid;

import org.jspecify.annotations.Nullable;

/**
 * What an explanation is asked about.
 *
 * @param position whose prediction is explained
 * @param answer the next token of interest, or null for the route alone
 * @param distractor another token that the answer is compared with, or null
 */
public record Question(int position, @Nullable Integer answer, @Nullable Integer distractor) {
  /** Checks that a comparison has two sides. */
  public Question {
    if (distractor != null && answer == null) {
      throw new IllegalArgumentException("a distractor is compared with an answer: name one");
    }
  }
}
