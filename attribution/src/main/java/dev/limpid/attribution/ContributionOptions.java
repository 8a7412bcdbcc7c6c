package dev.limpid.attribution;

/**
 * How contributions are computed.
 *
 * @param floor the least proximity a part is credited with, before normalising; 0, or 1e-5 as LM-TT
 */
public record ContributionOptions(BiasOption bias, double floor) {
  /** Biases excluded, floor 0. */
  public static final ContributionOptions DEFAULT = new ContributionOptions(BiasOption.EXCLUDED, 0);

  /** Checks the floor. */
  public ContributionOptions {
    if (!(floor >= 0 && floor < 1)) {
      throw new IllegalArgumentException("the floor is " + floor + ", it must be in [0, 1)");
    }
  }
}
