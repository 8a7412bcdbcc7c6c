package dev.limpid.benchmarks.compare;

import java.util.Locale;

/** Medians of both sides of a row, in seconds; without the work itself, which holds memory. */
record Result(String what, String peer, Goal goal, int rounds, double ours, double theirs) {
  double ratio() {
    return goal.ratio(ours, theirs);
  }

  /** Returns the row as a line of a Markdown table. */
  String line() {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.2f ms | %.2f ms | %.2f | %s | %s |",
        what,
        peer,
        ours * 1e3,
        theirs * 1e3,
        ratio(),
        goal,
        goal.reached(ratio()) ? "reached" : "short");
  }
}
