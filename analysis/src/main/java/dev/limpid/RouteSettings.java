package dev.limpid;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.routes.ThresholdMode;

/**
 * How routes are extracted.
 *
 * @param contributions how contributions are computed
 * @param mode how the threshold is applied
 * @param threshold tau, in [0, 1)
 */
public record RouteSettings(
    ContributionOptions contributions, ThresholdMode mode, double threshold) {

  /** Renormalised at 0.04, biases excluded: what LM-TT's page begins with. */
  public static final RouteSettings DEFAULT =
      new RouteSettings(ContributionOptions.DEFAULT, ThresholdMode.RENORMALISED, 0.04);

  /** Checks the threshold. */
  public RouteSettings {
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException("the threshold " + threshold + " is not in [0, 1)");
    }
  }

  /** Returns the same with another threshold. */
  public RouteSettings withThreshold(double other) {
    return new RouteSettings(contributions, mode, other);
  }

  /** Returns the same in another mode. */
  public RouteSettings withMode(ThresholdMode other) {
    return new RouteSettings(contributions, other, threshold);
  }

  /** Returns the same on contributions computed in another way. */
  public RouteSettings withContributions(ContributionOptions other) {
    return new RouteSettings(other, mode, threshold);
  }
}
