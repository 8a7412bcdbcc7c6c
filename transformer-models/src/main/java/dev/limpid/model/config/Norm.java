package dev.limpid.model.config;

/**
 * A norm: s(x) * lin(x) + b, where s(x) divides by the root of a mean square, and lin(x) is x times
 * the gain, for a LayerNorm after its mean was subtracted.
 *
 * @param gain what the gain is
 * @param bias whether there is a bias
 */
public record Norm(Kind kind, float epsilon, Gain gain, boolean bias) {

  /** Which norm. */
  public enum Kind {
    /** Subtracts the mean, divides by the standard deviation. */
    LAYER_NORM,
    /** Divides by the root of the mean square. */
    RMS_NORM,
    /** Leaves everything as it is. */
    NONE
  }

  /** What x is multiplied with after it was scaled. */
  public enum Gain {
    /** Nothing. */
    NONE,
    /** A learned number for each element. */
    STORED,
    /** 1 and a learned number for each element. */
    ONE_PLUS_STORED
  }

  /** No norm. */
  public static final Norm NONE = new Norm(Kind.NONE, 0, Gain.NONE, false);

  /** Checks that the epsilon is one. */
  public Norm {
    if (!(epsilon >= 0 && epsilon <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("the epsilon of the norms is " + epsilon);
    }
  }

  /** Returns LayerNorms with gain and bias. */
  public static Norm layerNorm(double epsilon) {
    return new Norm(Kind.LAYER_NORM, (float) epsilon, Gain.STORED, true);
  }

  /** Returns RMSNorms with a gain. */
  public static Norm rmsNorm(double epsilon) {
    return new Norm(Kind.RMS_NORM, (float) epsilon, Gain.STORED, false);
  }

  /** Returns the same with another gain. */
  public Norm withGain(Gain other) {
    return new Norm(kind, epsilon, other, bias);
  }

  /** Returns the same with or without a bias. */
  public Norm withBias(boolean biased) {
    return new Norm(kind, epsilon, gain, biased);
  }

  /** Returns whether it subtracts the mean. */
  public boolean centres() {
    return kind == Kind.LAYER_NORM;
  }
}
