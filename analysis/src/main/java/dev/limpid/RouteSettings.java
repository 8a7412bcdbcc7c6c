package dev.limpid;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.routes.FittingThreshold;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.util.OptionalDouble;

/**
 * How routes are extracted.
 *
 * @param contributions how contributions are computed
 * @param mode how the threshold is applied
 * @param threshold tau, in [0, 1); empty: the {@link FittingThreshold} of the position explained
 */
public record RouteSettings(
    ContributionOptions contributions, ThresholdMode mode, OptionalDouble threshold) {

  /** Renormalised, biases excluded, as LM-TT's page begins with, and a threshold that fits. */
  public static final RouteSettings DEFAULT =
      new RouteSettings(
          ContributionOptions.DEFAULT, ThresholdMode.RENORMALISED, OptionalDouble.empty());

  /** Checks the threshold. */
  public RouteSettings {
    threshold.ifPresent(RouteSettings::requireThreshold);
  }

  static void requireThreshold(double threshold) {
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException("the threshold " + threshold + " is not in [0, 1)");
    }
  }

  /** Returns the same with another threshold. */
  public RouteSettings withThreshold(double other) {
    return new RouteSettings(contributions, mode, OptionalDouble.of(other));
  }

  /** Returns the same with the threshold that fits the position explained. */
  public RouteSettings withFittingThreshold() {
    return new RouteSettings(contributions, mode, OptionalDouble.empty());
  }

  /** Returns the same in another mode. */
  public RouteSettings withMode(ThresholdMode other) {
    return new RouteSettings(contributions, other, threshold);
  }

  /** Returns the same on contributions computed in another way. */
  public RouteSettings withContributions(ContributionOptions other) {
    return new RouteSettings(other, mode, threshold);
  }

  /** Returns the lowest threshold that a graph has to serve. */
  double finest() {
    return threshold.orElse(FittingThreshold.FINEST);
  }

  /** Returns what finds the routes of a graph that serves {@link #finest}. */
  RouteExtractor extractor(FlowGraph graph, int position) {
    double tau =
        threshold.isPresent()
            ? threshold.getAsDouble()
            : FittingThreshold.of(graph, mode, position);
    return new RouteExtractor(graph, mode, tau);
  }
}
