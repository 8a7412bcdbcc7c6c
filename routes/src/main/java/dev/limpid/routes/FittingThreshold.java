package dev.limpid.routes;

import java.util.List;

/**
 * The threshold that fits a state: the highest at which its route still tells where the state came
 * from.
 *
 * <p>In a short prompt a few tokens give a state most of what it gets, and a high threshold leaves
 * these and little else. In a long one many give a little each, and at the same threshold a route
 * is one straight line. So the measure is what the route is asked about: the shares of the state
 * that came from other positions, the first one apart, where heads rest. The threshold is the
 * highest of {@link #STOPS} whose route shows at least half of what the lowest shows, token by
 * token: what one has too much there does not make up for another that is missing.
 */
public final class FittingThreshold {
  /** The thresholds that are tried, highest first. */
  public static final List<Double> STOPS =
      List.of(0.04, 0.035, 0.03, 0.025, 0.02, 0.015, 0.012, 0.01, 0.008, 0.006, 0.005);

  /** The lowest of them: a graph must serve it. */
  public static final double FINEST = STOPS.getLast();

  /** The part of what the lowest threshold shows that is enough for a story. */
  private static final double ENOUGH = 0.5;

  private FittingThreshold() {}

  /**
   * Returns the threshold that fits the last state of a position.
   *
   * @param graph one that serves {@link #FINEST}
   */
  public static double of(FlowGraph graph, ThresholdMode mode, int position) {
    double[] all = new RouteExtractor(graph, mode, FINEST).sourceFlow(position);
    double enough = ENOUGH * common(all, all, position);
    return STOPS.stream()
        .filter(stop -> {
          double[] shown = new RouteExtractor(graph, mode, stop).sourceFlow(position);
          return common(all, shown, position) >= enough;
        })
        .findFirst()
        .orElse(FINEST);
  }

  /** What the tokens between the first and a position have in both of two sources, [T] each. */
  private static double common(double[] all, double[] shown, int position) {
    double sum = 0;
    for (int t = 1; t < position; t++) {
      sum += Math.min(all[t], shown[t]);
    }
    return sum;
  }
}
