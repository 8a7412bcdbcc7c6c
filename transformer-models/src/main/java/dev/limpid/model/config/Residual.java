package dev.limpid.model.config;

/**
 * How blocks read the residual stream and add to it.
 *
 * @param placement where the MLP stands
 * @param postNorms whether what a block adds goes through a norm of its own first
 * @param embeddingScale what the embedding is multiplied with
 * @param multiplier what a block's output is multiplied with before it is added
 */
public record Residual(
    Placement placement, boolean postNorms, double embeddingScale, double multiplier) {

  /** Where the MLP of a layer stands. */
  public enum Placement {
    /** Behind the attention: it reads what the attention has added to. */
    SEQUENTIAL,
    /** Beside the attention: both read the same state, and are added together. */
    PARALLEL
  }

  /** The MLP behind the attention, and everything added as it is. */
  public static final Residual PLAIN = new Residual(Placement.SEQUENTIAL, false, 1, 1);

  /** Returns the same with the MLP standing there. */
  public Residual withPlacement(Placement other) {
    return new Residual(other, postNorms, embeddingScale, multiplier);
  }

  /** Returns the same with or without norms behind the blocks. */
  public Residual withPostNorms(boolean normed) {
    return new Residual(placement, normed, embeddingScale, multiplier);
  }

  /** Returns the same with the embedding multiplied by that number. */
  public Residual withEmbeddingScale(double factor) {
    return new Residual(placement, postNorms, factor, multiplier);
  }

  /** Returns the same with what blocks add multiplied by that number. */
  public Residual withMultiplier(double factor) {
    return new Residual(placement, postNorms, embeddingScale, factor);
  }
}
