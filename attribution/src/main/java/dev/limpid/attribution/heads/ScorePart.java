package dev.limpid.attribution.heads;

import java.util.Locale;

/**
 * A part of the state that a query or a key is made from.
 *
 * @param layer of a head or an MLP; else -1
 * @param head of a head; else -1
 */
public record ScorePart(Kind kind, int layer, int head) {

  /** What wrote the part. */
  public enum Kind {
    /** The token's embedding. */
    TOKEN,
    /** The embedding of the position, where it is learned. */
    POSITION,
    /** A head of an earlier layer. */
    HEAD,
    /** An MLP of an earlier layer, without its bias. */
    MLP,
    /** All biases: of earlier layers, of the norm, of the query or key itself. */
    BIASES;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
