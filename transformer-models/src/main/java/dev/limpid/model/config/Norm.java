package dev.limpid.model.config;

/**
 * The norms in front of every block and of the unembedding.
 *
 * @param affine whether there are a gain and, for a LayerNorm, a bias
 */
public record Norm(Kind kind, float epsilon, boolean affine) {

  /** Which norm. */
  public enum Kind {
    /** Subtracts the mean, divides by the standard deviation. */
    LAYER_NORM,
    /** Divides by the root of the mean square. */
    RMS_NORM
  }

  /** Checks that the epsilon is one. */
  public Norm {
    if (!(epsilon >= 0 && epsilon <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("the epsilon of the norms is " + epsilon);
    }
  }

  /** Returns LayerNorms with gain and bias. */
  public static Norm layerNorm(double epsilon) {
    return new Norm(Kind.LAYER_NORM, (float) epsilon, true);
  }

  /** Returns RMSNorms with a gain. */
  public static Norm rmsNorm(double epsilon) {
    return new Norm(Kind.RMS_NORM, (float) epsilon, true);
  }

  /** Returns the same with gain (and bias), or without. */
  public Norm withAffine(boolean learned) {
    return new Norm(kind, epsilon, learned);
  }
}
