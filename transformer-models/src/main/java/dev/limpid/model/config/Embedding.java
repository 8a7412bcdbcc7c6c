package dev.limpid.model.config;

import java.util.OptionalInt;

/**
 * How tokens enter the residual stream.
 *
 * @param scale what the embedding is multiplied with
 * @param normed whether it goes through a norm before the first layer reads it
 * @param width of the table where it is not D: it is then projected to D, and states are projected
 *     to it before they are unembedded
 */
public record Embedding(double scale, boolean normed, OptionalInt width) {

  /** Checks the width. */
  public Embedding {
    if (width.isPresent() && width.getAsInt() < 1) {
      throw new IllegalArgumentException("the embedding is %d wide".formatted(width.getAsInt()));
    }
  }

  /** The rows of the table as they are. */
  public static final Embedding PLAIN = new Embedding(1, false, OptionalInt.empty());

  /** Returns the same multiplied by that number. */
  public Embedding withScale(double factor) {
    return new Embedding(factor, normed, width);
  }

  /** Returns the same with or without a norm. */
  public Embedding withNorm(boolean norm) {
    return new Embedding(scale, norm, width);
  }

  /** Returns the same with a table of another width than D. */
  public Embedding withWidth(int elements) {
    return new Embedding(scale, normed, OptionalInt.of(elements));
  }
}
