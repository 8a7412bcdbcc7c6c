package dev.limpid.model.config;

import java.util.OptionalDouble;

/**
 * The unembedding, which turns the last state into logits.
 *
 * @param tied whether its matrix is the embedding
 * @param bias whether it has a bias
 * @param scale what logits are multiplied with
 * @param cap c, where logits l become c tanh(l / c) in the end
 */
public record Head(boolean tied, boolean bias, double scale, OptionalDouble cap) {

  /** Returns a head that is the embedding, or has a matrix of its own, and nothing else to it. */
  public static Head tiedIf(boolean tied) {
    return new Head(tied, false, 1, OptionalDouble.empty());
  }

  /** Returns the same with or without a bias. */
  public Head withBias(boolean biased) {
    return new Head(tied, biased, scale, cap);
  }

  /** Returns the same with logits multiplied by that number. */
  public Head withScale(double factor) {
    return new Head(tied, bias, factor, cap);
  }

  /** Returns the same with that cap on logits. */
  public Head withCap(double largest) {
    return new Head(tied, bias, scale, OptionalDouble.of(largest));
  }
}
