package dev.limpid.explorer.show;

import dev.limpid.view.AttentionView;
import dev.limpid.view.AttentionView.Row;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.Help.Ansi;

/**
 * The pattern of one head: a row for each position that looks, a column for each that is looked at.
 *
 * @param rows of one head
 * @param width how many columns of the terminal there are
 */
record PatternPicture(AttentionView view, List<Row> rows, PrintStream out, int width, Ansi ansi) {
  private static final int TOKEN = 14;
  private static final int LABEL = TOKEN + 5;
  private static final int MOST_ROWS = 40;

  /** Prints it. */
  void print() {
    int fit = width - LABEL;
    boolean isWhole = rows.size() <= fit;
    List<Row> shown = isWhole ? rows : biggest();
    List<Integer> keys = keys(shown, fit);
    int cell = 2 * keys.size() <= fit ? 2 : 1;

    out.println(
        ansi.string(
            "@|bold What head %d of layer %d looks at|@"
                .formatted(rows.getFirst().head(), view.layer())));
    out.println(numbers(keys, cell));
    for (Row row : shown) {
      StringBuilder line = new StringBuilder(label(row.position()));
      for (int key : keys) {
        line.append(Shade.of(key <= row.position() ? row.attention().get(key) : 0, cell, ansi));
      }
      out.println(line.toString().stripTrailing());
    }
    out.println("  attention: " + Shade.LEGEND);
    if (!isWhole) {
      String note =
          "  Of %d positions: the %d rows that look most at one token behind the first, and the %d tokens they look at most; --json has all, --position shows one."
              .formatted(rows.size(), shown.size(), keys.size());
      out.println(TerminalText.wrapped(note, width));
    }
  }

  /** The rows with the most attention to any one token; all heads have some for the first. */
  private List<Row> biggest() {
    return largest(
            rows,
            row -> row.attention().stream().skip(1).mapToDouble(a -> a).max().orElse(0),
            MOST_ROWS)
        .stream()
        .sorted(Comparator.comparingInt(Row::position))
        .toList();
  }

  private List<Integer> keys(List<Row> shown, int fit) {
    List<Integer> all = IntStream.range(0, view.tokens().size()).boxed().toList();
    ToDoubleFunction<Integer> attention =
        key ->
            shown.stream()
                .filter(row -> key <= row.position())
                .mapToDouble(row -> row.attention().get(key))
                .sum();
    return largest(all, attention, fit).stream().sorted().toList();
  }

  private static <T> List<T> largest(List<T> all, ToDoubleFunction<T> size, int count) {
    return all.stream()
        .sorted(Comparator.comparingDouble((T one) -> -size.applyAsDouble(one)))
        .limit(count)
        .toList();
  }

  /** The positions of the columns, of as many as there is room for. */
  private String numbers(List<Integer> keys, int cell) {
    int digits = String.valueOf(keys.getLast()).length();
    int step = Math.ceilDiv(digits + 1, cell);
    StringBuilder line = new StringBuilder(" ".repeat(LABEL));
    for (int i = 0; i < keys.size() && LABEL + i * cell + digits <= width; i += step) {
      line.append(TerminalText.columns(String.valueOf(keys.get(i)), step * cell));
    }
    return line.toString().stripTrailing();
  }

  private String label(int position) {
    String token = TerminalText.quoted(view.tokens().get(position));
    return "%3d ".formatted(position) + TerminalText.columns(token, TOKEN) + " ";
  }
}
