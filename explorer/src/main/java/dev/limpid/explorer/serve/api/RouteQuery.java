package dev.limpid.explorer.serve.api;

import dev.limpid.RouteSettings;
import dev.limpid.explorer.serve.Explorer;
import dev.limpid.explorer.serve.Parameter;
import dev.limpid.explorer.serve.Refusal;
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

  static final Parameter BY =
      Parameter.word(
          "by",
          List.of("contributions", "relevance"),
          "How the state was built, or what made the answer (default: contributions)");

  /** What makes a part of a route large. */
  private enum By {
    CONTRIBUTIONS,
    RELEVANCE
  }

  private static final double USUAL = 0.04;

  private RouteQuery() {}

  /** Returns whether the route behind an answer is asked for. */
  static boolean isBehindAnswer(TraceQuery query) {
    return query.query().word(BY, By.class).orElse(By.CONTRIBUTIONS) == By.RELEVANCE;
  }

  /** Refuses a parameter that means nothing for the other kind of route. */
  static void refuse(TraceQuery query, Parameter parameter, String by) {
    if (query.query().has(parameter)) {
      throw new Refusal(
          Refusal.Code.BAD_PARAMETER, "%s: only with by=%s.".formatted(parameter.name(), by));
    }
  }

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
