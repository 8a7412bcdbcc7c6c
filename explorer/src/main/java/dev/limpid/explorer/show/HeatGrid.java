package dev.limpid.explorer.show;

import java.io.IOException;
import java.util.Locale;

/**
 * A {@link HeatMap} as a table: the deeper a cell, the larger its number; every number is there.
 */
final class HeatGrid {
  /** The deepest colour, so that numbers stay readable on it. */
  private static final double DEEPEST = 0.45;

  private HeatGrid() {}

  /**
   * Writes it.
   *
   * @param caption what the numbers are
   */
  static void write(HeatMap map, String caption, PageOut page) throws IOException {
    double largest = map.largest();
    String said = "%s; the deepest is %s".formatted(caption, Numbers.logit(largest));
    HtmlOut html = page.html();
    html.open("div", "class", "scroll", "tabindex", "0", "role", "group", "aria-label", caption);
    html.open("table", "class", "heat").element("caption", said).open("thead").open("tr");
    html.element("td", "");
    for (String column : map.columns()) {
      html.open("th", "scope", "col").element("bdi", column).close();
    }
    html.close().close().open("tbody");
    for (int r = map.rows().size() - 1; r >= 0; r--) {
      html.open("tr")
          .element("th", map.rows().get(r).strip().replaceAll(" +", " "), "scope", "row");
      for (double x : map.cells()[r]) {
        cell(x, largest, html);
      }
      html.close();
    }
    html.close().close().close();
  }

  private static void cell(double x, double largest, HtmlOut html) throws IOException {
    double share = largest == 0 ? 0 : DEEPEST * Math.abs(x) / largest;
    html.element(
        "td",
        String.format(Locale.ROOT, "%+.2f", x).replaceAll("^[+-](0\\.00)$", "$1"),
        "class",
        x < 0 ? "against" : "for",
        "style",
        "--share: " + PageOut.width(share));
  }
}
