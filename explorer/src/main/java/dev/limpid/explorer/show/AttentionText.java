package dev.limpid.explorer.show;

import dev.limpid.view.AttentionView;
import dev.limpid.view.AttentionView.Row;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/**
 * What heads look at: all heads from one position, one head from one position, or the pattern of a
 * head as a picture.
 */
public final class AttentionText {
  private static final int LISTED = 20;
  private static final int TOKEN = 20;

  private final AttentionView view;
  private final PrintStream out;
  private final int width;
  private final Ansi ansi;

  /**
   * Prepares it.
   *
   * @param width how many columns a line may have
   * @param colours whether the terminal shows colours
   */
  public AttentionText(AttentionView view, PrintStream out, int width, boolean colours) {
    this.view = view;
    this.out = out;
    this.width = width;
    this.ansi = colours ? Ansi.ON : Ansi.OFF;
  }

  /** Prints it. */
  public void print() {
    Map<Integer, List<Row>> byHead = new LinkedHashMap<>();
    for (Row row : view.rows()) {
      byHead.computeIfAbsent(row.head(), h -> new ArrayList<>()).add(row);
    }
    boolean isOnePosition = byHead.values().stream().allMatch(rows -> rows.size() == 1);
    if (isOnePosition && byHead.size() == 1) {
      keys(view.rows().getFirst());
    } else if (isOnePosition) {
      heads();
    } else {
      byHead.values().forEach(rows -> new PatternPicture(view, rows, out, width, ansi).print());
    }
  }

  private void heads() {
    heading(
        "What the heads of layer %d look at from position %s"
            .formatted(view.layer(), token(view.rows().getFirst().position())));
    for (Row row : view.rows()) {
      List<String> keys = largestFirst(row).limit(LISTED).map(key -> shown(row, key)).toList();
      String line =
          "  head %2d  ".formatted(row.head()) + TerminalText.fitting(keys, "", width - 11);
      out.println(line.stripTrailing());
    }
  }

  private String shown(Row row, int key) {
    return TerminalText.columns("%2d ".formatted(key) + quoted(key), 14)
        + "%7s  ".formatted(Numbers.percent(row.attention().get(key)));
  }

  private void keys(Row row) {
    heading(
        "What head %d of layer %d looks at from position %s"
            .formatted(row.head(), view.layer(), token(row.position())));
    for (int key : largestFirst(row).limit(LISTED).toList()) {
      line(
          "%3d  ".formatted(key) + TerminalText.columns(quoted(key), TOKEN),
          row.attention().get(key));
    }
    int more = row.attention().size() - LISTED;
    if (more > 0) {
      double rest = largestFirst(row).skip(LISTED).mapToDouble(row.attention()::get).sum();
      line("     " + TerminalText.columns(more + " more", TOKEN), rest);
    }
  }

  private void line(String what, double attention) {
    String start = "  %s%7s  ".formatted(what, Numbers.percent(attention));
    String bar = Bar.of(attention, Math.min(50, width - TerminalText.width(start)));
    out.println((start + bar).stripTrailing());
  }

  private static Stream<Integer> largestFirst(Row row) {
    return IntStream.range(0, row.attention().size())
        .boxed()
        .sorted(Comparator.comparingDouble(key -> -row.attention().get(key)));
  }

  private String token(int position) {
    return position + " " + quoted(position);
  }

  private String quoted(int position) {
    return TerminalText.quoted(view.tokens().get(position));
  }

  private void heading(String text) {
    out.println(ansi.string("@|bold " + text.replace("|@", "| @") + "|@"));
  }
}
