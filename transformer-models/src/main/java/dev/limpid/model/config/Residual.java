package dev.limpid.model.config;

/**
 * How blocks read the residual stream and add to it.
 *
 * @param placement where blocks and norms stand
 * @param preNorms whether what a block reads goes through a norm
 * @param sharedNorm whether one norm serves attention and MLP, where both read the same state
 * @param postNorms whether what a block adds goes through a norm of its own first
 * @param multiplier what a block's output is multiplied with before it is added
 */
public record Residual(
    Placement placement,
    boolean preNorms,
    boolean sharedNorm,
    boolean postNorms,
    double multiplier) {

  /** Where the blocks of a layer, and their norms, stand. */
  public enum Placement {
    /** The MLP behind the attention: it reads what the attention has added to. */
    SEQUENTIAL,
    /** The MLP beside the attention: both read the same state, and are added together. */
    PARALLEL,
    /** The MLP behind the attention, and each sum goes through a norm: the stream is no sum. */
    POST_LN
  }

  /** The MLP behind the attention, norms in front of both, everything added as it is. */
  public static final Residual PLAIN = new Residual(Placement.SEQUENTIAL, true, false, false, 1);

  /** Returns the same with blocks and norms standing there. */
  public Residual withPlacement(Placement other) {
    return new Residual(other, preNorms, sharedNorm, postNorms, multiplier);
  }

  /** Returns the same with or without norms in front of the blocks. */
  public Residual withPreNorms(boolean normed) {
    return new Residual(placement, normed, sharedNorm, postNorms, multiplier);
  }

  /** Returns the same with one norm for attention and MLP, or with one of each. */
  public Residual withSharedNorm(boolean shared) {
    return new Residual(placement, preNorms, shared, postNorms, multiplier);
  }

  /** Returns the same with or without norms behind the blocks. */
  public Residual withPostNorms(boolean normed) {
    return new Residual(placement, preNorms, sharedNorm, normed, multiplier);
  }

  /** Returns the same with what blocks add multiplied by that number. */
  public Residual withMultiplier(double factor) {
    return new Residual(placement, preNorms, sharedNorm, postNorms, factor);
  }

  /** Returns whether attention and MLP read the same state. */
  public boolean isParallel() {
    return placement == Placement.PARALLEL;
  }

  /** Returns whether sums are normed, so that the stream is no sum of what was added. */
  public boolean normsSums() {
    return placement == Placement.POST_LN;
  }
}
