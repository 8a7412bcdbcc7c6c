package dev.limpid.explorer.show;

import dev.limpid.routes.export.RouteDocument;
import dev.limpid.view.TokenView;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a page is made of: tables with bars, tokens, and rows that fold away. */
final class PageOut {
  /** Rows that are seen at once; the others fold away, unless they are very few. */
  private static final int LISTED = 12;

  private static final int FEW = 4;
  private static final int MOST = 500;

  private final HtmlOut html;
  private final List<TokenView> tokens;

  /**
   * Begins to write.
   *
   * @param tokens of the prompt
   */
  PageOut(HtmlOut html, List<TokenView> tokens) {
    this.html = html;
    this.tokens = tokens;
  }

  /** Returns what writes elements that are none of these. */
  HtmlOut html() {
    return html;
  }

  /** Writes a row of a table. */
  interface Row<T> {
    void write(T item, int index) throws IOException;
  }

  /**
   * Writes a table; of many rows, those beyond the first fold away.
   *
   * @param columns their names; that of a column of numbers begins with a star
   */
  <T> void table(List<String> columns, List<T> items, Row<T> row) throws IOException {
    int shown = items.size() <= LISTED + FEW ? items.size() : LISTED;
    table(columns, items.subList(0, shown), 0, row);
    if (items.size() > shown) {
      int rest = items.size() - shown;
      html.open("details").element("summary", rest + " more");
      table(columns, items.subList(shown, Math.min(items.size(), shown + MOST)), shown, row);
      if (rest > MOST) {
        html.element("p", "The smallest are left out; limpid explain --json has all.");
      }
      html.close();
    }
  }

  private <T> void table(List<String> columns, List<T> items, int first, Row<T> row)
      throws IOException {
    open(columns);
    for (int i = 0; i < items.size(); i++) {
      html.open("tr");
      row.write(items.get(i), first + i);
      html.close();
    }
    close();
  }

  /** Begins a table. */
  void open(List<String> columns) throws IOException {
    String names =
        columns.stream()
            .filter(column -> !column.isEmpty())
            .map(column -> column.replace("*", ""))
            .collect(Collectors.joining(", ", "table: ", ""));
    // It may be wider than the screen: then the keyboard must be able to move it.
    html.open("div", "class", "scroll", "tabindex", "0", "role", "group", "aria-label", names);
    html.open("table").open("thead").open("tr");
    for (String column : columns) {
      if (column.isEmpty()) {
        html.element("td", "", "aria-hidden", "true");
      } else if (column.startsWith("*")) {
        html.element("th", column.substring(1), "scope", "col", "class", "number");
      } else {
        html.element("th", column, "scope", "col");
      }
    }
    html.close().close().open("tbody");
  }

  /** Ends a table. */
  void close() throws IOException {
    html.close().close().close();
  }

  /** Writes the tokens of a prompt, shaded by a share of each where it has one. */
  void prompt(List<TokenView> shown, @Nullable Integer position, Map<Integer, Double> shares)
      throws IOException {
    html.open("p", "class", "prompt");
    @Nullable String said = null;
    for (TokenView t : shown) {
      if (t.role() != null && !t.role().equals(said)) {
        html.element("span", t.role() + ":", "class", "faint").text(" ");
      }
      said = t.role();
      double share = shares.getOrDefault(t.position(), 0.0);
      // Half of the colour at most: the text stays readable on it.
      String style = "--share: " + width(share / 2);
      String hint =
          "position %d, id %d%s"
              .formatted(
                  t.position(), t.id(), shares.isEmpty() ? "" : ", " + Numbers.percent(share));
      if (position != null && t.position() == position) {
        html.open("span", "class", "token", "style", style, "title", hint, "aria-current", "true");
      } else {
        html.open("span", "class", "token", "style", style, "title", hint);
      }
      // A place to break the line, also where no blank is.
      html.element("bdi", RouteDocument.label(t.id(), t.text())).close().empty("wbr");
    }
    html.close();
  }

  /** Writes the tokens of a prompt; of none, nothing. */
  void prompt(List<TokenView> shown, @Nullable Integer position, String frame) throws IOException {
    if (!shown.isEmpty()) {
      prompt(shown, position, Map.of());
      small(
          "A dot (·) is a blank" + (position == null ? "." : "; " + frame + ", " + position + "."));
    }
  }

  /** Writes two cells with a bar to the left for a negative number, to the right for others. */
  void signedBar(double number, double largest) throws IOException {
    side("away", Math.max(0, -number), largest);
    side("towards", Math.max(0, number), largest);
  }

  /** Writes a cell with a bar to one side. */
  void side(String side, double amount, double largest) throws IOException {
    String width = "width: " + width(largest == 0 ? 0 : amount / largest);
    html.open("td", "class", "bar " + side, "aria-hidden", "true");
    html.element("i", "", "style", width).close();
  }

  /** Writes a cell with a bar. */
  void bar(double share) throws IOException {
    String width = "width: " + width(share);
    html.open("td", "class", "bar", "aria-hidden", "true").element("i", "", "style", width).close();
  }

  /** Returns the width of a bar, for a style sheet. */
  static String width(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * Math.clamp(share, 0, 1));
  }

  /** Writes a cell with a number. */
  void number(String number) throws IOException {
    html.element("td", number, "class", "number");
  }

  /** Writes a cell with a token of the prompt and its position. */
  void tokenCell(int position) throws IOException {
    html.open("td").text(position + " ");
    token(position);
    html.close();
  }

  /** Writes a token of the prompt. */
  void token(int position) throws IOException {
    token(tokens.get(position).id(), tokens.get(position).text());
  }

  /** Writes a part of a prompt, with its own direction of writing. */
  void text(String text) throws IOException {
    html.open("span", "class", "token").element("bdi", text).close();
  }

  /** Writes a token on its own: its direction of writing stays inside. */
  void token(int id, @Nullable String text) throws IOException {
    html.open("span", "class", "token").element("bdi", RouteDocument.label(id, text)).close();
  }

  /** Writes a word beside another. */
  void remark(String words) throws IOException {
    html.text(" ").element("span", words, "class", "faint");
  }

  /** Writes a paragraph in small type. */
  void small(String words) throws IOException {
    html.element("p", words, "class", "faint");
  }
}
