package dev.limpid.explorer.serve.api;

import dev.limpid.RouteSettings;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.routes.FittingThreshold;
import dev.limpid.routes.ThresholdMode;
import java.util.List;

/** The parameters of routes. */
final class RouteQuery {
  static final Parameter THRESHOLD =
      Parameter.share(
          "threshold", FittingThreshold.FINEST, "The least contribution (default: 0.04)");
  static final Parameter MODE =
      Parameter.word(
          "mode",
          List.of("renormalised", "raw"),
          "What becomes of weak parts (default: renormalised)");

  private static final double USUAL = 0.04;

  private RouteQuery() {}

  static double threshold(TraceQuery query, Explorer explorer) {
    return query.query().share(THRESHOLD, explorer.limits().finestThreshold()).orElse(USUAL);
  }

  static ThresholdMode mode(TraceQuery query) {
    return query.query().word(MODE, ThresholdMode.class).orElse(ThresholdMode.RENORMALISED);
  }

  static RouteSettings settings(TraceQuery query, Explorer explorer) {
    return RouteSettings.DEFAULT
        .withContributions(query.options())
        .withMode(mode(query))
        .withThreshold(threshold(query, explorer));
  }
}
