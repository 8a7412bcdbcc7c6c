package dev.limpid.model.config;

/**
 * The norm that queries and keys go through before they are rotated.
 *
 * @param norm which, and what it learned
 * @param over what a mean is taken over
 */
public record HeadNorm(Norm norm, Over over) {

  /** What the mean of a norm is taken over, and what its gain belongs to. */
  public enum Over {
    /** Each head by itself; all heads share one gain, [d]. */
    EACH_HEAD,
    /** Each head by itself, and each has a gain of its own: [heads, d]. */
    EACH_HEAD_WITH_OWN_GAIN,
    /** All heads together, before they are split: the gain is [heads * d]. */
    ALL_HEADS
  }
}
