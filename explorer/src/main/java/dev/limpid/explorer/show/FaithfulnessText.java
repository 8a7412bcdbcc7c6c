package dev.limpid.explorer.show;

import dev.limpid.view.FaithfulnessView;
import dev.limpid.view.FaithfulnessView.CorrelationView;
import dev.limpid.view.FaithfulnessView.CurveView;
import dev.limpid.view.FaithfulnessView.OutcomeView;
import dev.limpid.view.FaithfulnessView.RouteView;
import dev.limpid.view.FaithfulnessView.Spread;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How faithful routes are, as tables. */
public record FaithfulnessText(FaithfulnessView view, int width) {
  /** What the figures are. */
  static final String NOTE =
      "Recovered: 0 % is no better than nothing, 100 % the whole model; above it what works against"
          + " the answer is missing. KL tells whether the rest of the prediction is there too.";

  /** Prints them. */
  public void print(PrintStream out) {
    out.println(TerminalText.wrapped(question(), width));
    if (!view.skipped().isEmpty()) {
      out.printf("  %d could not be run%n", view.skipped().size());
    }
    routes(out);
    curves(out);
    if (view.correlations() != null) {
      correlations(view.correlations(), out);
    }
    out.println();
    out.println(TerminalText.wrapped(NOTE, width));
  }

  /** Returns what was measured, and its two ends. */
  String question() {
    return "Over %d %s, %s: the whole model has a %s of %.3f, with every component %s it is %.3f."
        .formatted(
            view.prompts(),
            view.prompts() == 1 ? "prompt" : "prompts",
            view.components().equals("all")
                ? "terms of attention and MLPs"
                : "terms of attention alone",
            view.metric().replace('_', ' '),
            view.full(),
            replaced(),
            view.empty());
  }

  /** Returns how large a route is. */
  static String size(RouteView route) {
    return "%s terms and %s MLPs, %s of all"
        .formatted(whole(route.terms()), whole(route.mlps()), Numbers.percent(route.fraction()));
  }

  private String replaced() {
    return switch (view.ablation()) {
      case "zero" -> "put to zero";
      case "patch" -> "taken from the source";
      default -> "put to its mean over the references";
    };
  }

  private void routes(PrintStream out) {
    for (RouteView route : view.routes()) {
      out.println();
      out.printf("Route at threshold %s: %s%n", TerminalText.exact(route.threshold()), size(route));
      outcome("alone", route.kept(), route.random().kept(), out);
      outcome("all but it", route.removed(), route.random().removed(), out);
    }
  }

  private static void outcome(
      String what, OutcomeView outcome, @Nullable Spread chance, PrintStream out) {
    out.printf(
        "  %s recovers %8s  KL %6s  chance: %s%n",
        TerminalText.columns(what, 10),
        recovered(outcome),
        Numbers.logit(outcome.kl()),
        spread(chance));
  }

  private void curves(PrintStream out) {
    if (view.curves().isEmpty()) {
      return;
    }
    out.println();
    out.println("Recovered by the first components of an order, by the share that runs (%):");
    StringBuilder head = new StringBuilder(" ".repeat(15));
    for (double size : view.curves().getFirst().sizes()) {
      head.append("%5s".formatted(TerminalText.exact(100 * size)));
    }
    out.println(head + "   CPR   CMD");
    for (CurveView curve : view.curves()) {
      StringBuilder line = new StringBuilder(TerminalText.columns(name(curve.method()), 15));
      @Nullable List<Double> recovered = curve.recovered();
      for (int i = 0; i < curve.sizes().size(); i++) {
        line.append(
            recovered == null ? "    -" : "%5d".formatted(Math.round(100 * recovered.get(i))));
      }
      out.println(line + "%6s%6s".formatted(two(curve.cpr()), two(curve.cmd())));
    }
  }

  private void correlations(List<CorrelationView> correlations, PrintStream out) {
    out.println();
    out.println("Rank correlation of scores with the effect of ablating each alone:");
    out.println("                                by size            signed");
    out.println("  kind  score            n    Spearman  Kendall  Spearman  Kendall");
    for (int i = 0; i + 1 < correlations.size(); i += 2) {
      CorrelationView size = correlations.get(i);
      CorrelationView sign = correlations.get(i + 1);
      out.printf(
          "  %-4s  %-13s %4d %11s %8s %9s %8s%n",
          size.kind(),
          name(size.with()),
          size.n(),
          two(size.spearman()),
          two(size.kendall()),
          two(sign.spearman()),
          two(sign.kendall()));
    }
  }

  private static String name(String method) {
    return switch (method) {
      case "attribution_patching" -> "AtP";
      case "attribution_patching_ig" -> "AtP, IG";
      default -> method;
    };
  }

  private static String whole(Number count) {
    return count instanceof Integer ? count.toString() : "%.1f".formatted(count.doubleValue());
  }

  /** Returns the share that is recovered. */
  static String recovered(OutcomeView outcome) {
    return outcome.recovered() == null ? "-" : Numbers.signedPercent(outcome.recovered());
  }

  /** Returns what circuits by chance recover. */
  static String spread(@Nullable Spread spread) {
    return spread == null
        ? "-"
        : "%s (%s to %s)"
            .formatted(
                Numbers.signedPercent(spread.median()),
                Numbers.signedPercent(spread.low()),
                Numbers.signedPercent(spread.high()));
  }

  /** Returns a number with two decimals. */
  static String two(@Nullable Double number) {
    return number == null ? "-" : "%.2f".formatted(number);
  }
}
