package dev.limpid.model.config;

import java.util.OptionalDouble;

/**
 * The unembedding, which turns the last state into logits.
 *
 * @param tied whether its matrix is the embedding
 * @param normed whether the last state goes through a norm first
 * @param bias whether it has a bias
 * @param scale what logits are multiplied with
 * @param cap c, where logits l become c tanh(l / c) in the end
 */
public record Head(boolean tied, boolean normed, boolean bias, double scale, OptionalDouble cap) {

  /**
   * Returns a head that is the embedding, or has a matrix of its own, behind a norm, and nothing
   * else to it.
   */
  public static Head tiedIf(boolean tied) {
    return new Head(tied, true, false, 1, OptionalDouble.empty());
  }

  /** Returns the same with or without a norm in front. */
  public Head withNorm(boolean norm) {
    return new Head(tied, norm, bias, scale, cap);
  }

  /** Returns the same with or without a bias. */
  public Head withBias(boolean biased) {
    return new Head(tied, normed, biased, scale, cap);
  }

  /** Returns the same with logits multiplied by that number. */
  public Head withScale(double factor) {
    return new Head(tied, normed, bias, factor, cap);
  }

  /** Returns the same with that cap on logits, or none. */
  public Head withCap(OptionalDouble largest) {
    return new Head(tied, normed, bias, scale, largest);
  }
}
