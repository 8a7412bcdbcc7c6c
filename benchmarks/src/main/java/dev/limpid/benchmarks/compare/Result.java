package dev.limpid.benchmarks.compare;

import java.util.Locale;

/** Medians of both sides of a row, in seconds. */
record Result(Row row, int rounds, double ours, double theirs) {
  double ratio() {
    return row.goal().ratio(ours, theirs);
  }

  /** Returns the row as a line of a Markdown table. */
  String line() {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.2f ms | %.2f ms | %.2f | %s | %s |",
        row.what(),
        row.peer(),
        ours * 1e3,
        theirs * 1e3,
        ratio(),
        row.goal(),
        row.goal().reached(ratio()) ? "reached" : "short");
  }
}
