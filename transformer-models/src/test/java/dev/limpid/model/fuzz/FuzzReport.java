package dev.limpid.model.fuzz;

import dev.limpid.model.fuzz.FuzzOracle.Outcome;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What came of all inputs, by kind; filled by several threads. */
final class FuzzReport {
  private static final class Row {
    final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    long longest;
    long largest;

    int count(Outcome outcome) {
      return outcomes.getOrDefault(outcome, 0);
    }
  }

  private final Map<FuzzKind, Row> rows = new EnumMap<>(FuzzKind.class);

  synchronized void add(FuzzKind kind, Outcome outcome, long nanos, long allocated) {
    Row row = rows.computeIfAbsent(kind, k -> new Row());
    row.outcomes.merge(outcome, 1, Integer::sum);
    row.longest = Math.max(row.longest, nanos);
    row.largest = Math.max(row.largest, allocated);
  }

  /** Returns a table in Markdown. */
  @Override
  public synchronized String toString() {
    StringBuilder table =
        new StringBuilder(
            """
            | file | inputs | refused | work | fail in use | longest | most memory |
            |---|---|---|---|---|---|---|
            """);
    rows.forEach((kind, row) ->
        table.append(
            String.format(
                Locale.ROOT,
                "| %s | %d | %d | %d | %d | %d ms | %.1f MB |%n",
                kind.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                row.outcomes.values().stream().mapToInt(Integer::intValue).sum(),
                row.count(Outcome.REFUSED),
                row.count(Outcome.WORKS),
                row.count(Outcome.FAILS_IN_USE),
                row.longest / 1_000_000,
                row.largest / 1e6)));
    return table.toString();
  }
}
