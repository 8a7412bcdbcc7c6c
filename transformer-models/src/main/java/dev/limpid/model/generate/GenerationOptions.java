package dev.limpid.model.generate;

import java.util.Set;

/**
 * How a text is continued, and how far.
 *
 * @param maxNew the most new tokens
 * @param eosIds the tokens that end the text; none to go on whatever comes
 */
public record GenerationOptions(Sampling sampling, int maxNew, Set<Integer> eosIds) {
  /** Copies the set and checks the number. */
  public GenerationOptions {
    eosIds = Set.copyOf(eosIds);
    if (maxNew < 0) {
      throw new IllegalArgumentException(maxNew + " is not a number of new tokens");
    }
  }
}
