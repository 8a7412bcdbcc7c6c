package dev.limpid;

/**
 * How the route behind an answer is found.
 *
 * @param threshold tau, in [0, 1): the least share of the logit, or of the difference, that a part
 *     of the route brought
 * @param alpha the share of attention that goes to its patterns, from 0 to 1
 */
public record RelevanceSettings(double threshold, double alpha) {
  /** A share of 4 % at least, and the alpha whose circuits recover answers best. */
  public static final RelevanceSettings DEFAULT =
      new RelevanceSettings(0.04, AttributionSettings.ALPHA);

  /** Checks the numbers. */
  public RelevanceSettings {
    RouteSettings.requireThreshold(threshold);
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha is " + alpha + ", should be from 0 to 1");
    }
  }

  /** Returns the same with another threshold. */
  public RelevanceSettings withThreshold(double other) {
    return new RelevanceSettings(other, alpha);
  }
}
