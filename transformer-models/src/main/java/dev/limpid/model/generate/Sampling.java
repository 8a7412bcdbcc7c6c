package dev.limpid.model.generate;

/**
 * How the next token is chosen from its logits. The filters and their order are those of Hugging
 * Face: temperature, then top-k, then top-p, and at least one token stays.
 *
 * @param temperature what logits are divided by; 0 takes the largest logit (of equal ones the
 *     lowest id), whatever the others say
 * @param topK how many tokens may be chosen, those with the largest logits, and all that are equal
 *     to the last of them; 0 for no limit
 * @param topP of the most probable tokens only so many may be chosen that those before the last of
 *     them have less than this probability together; 1 for no limit
 * @param seed of the random numbers: the same seed chooses the same tokens
 */
public record Sampling(double temperature, int topK, double topP, long seed) {
  /** Always the largest logit. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the one that makes no sense
   */
  public Sampling {
    if (!(temperature >= 0) || Double.isInfinite(temperature)) {
      throw new IllegalArgumentException(
          "temperature " + temperature + " is not a number of at least 0");
    }
    if (topK < 0) {
      throw new IllegalArgumentException("top-k " + topK + " is not a number of tokens");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("top-p " + topP + " is not in (0, 1]");
    }
  }

  /** Returns whether the largest logit is always taken. */
  public boolean isGreedy() {
    return temperature == 0;
  }
}
