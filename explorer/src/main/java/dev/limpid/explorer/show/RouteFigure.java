package dev.limpid.explorer.show;

import dev.limpid.routes.Edge;
import dev.limpid.routes.export.RouteDocument;
import dev.limpid.routes.export.RouteSvg;
import dev.limpid.routes.export.RouteWords;
import java.io.IOException;
import java.util.List;

/** The picture of a route on a page, and all it shows in words. */
final class RouteFigure {
  private static final int MOST = 2000;

  private final RouteDocument document;
  private final String anchor;
  private final String whole;
  private final HtmlOut html;

  /**
   * Prepares it.
   *
   * @param anchor what the anchors of the strongest edges begin with
   * @param whole what widths are shares of, such as "the explained state"
   */
  RouteFigure(RouteDocument document, String anchor, String whole, HtmlOut html) {
    this.document = document;
    this.anchor = anchor;
    this.whole = whole;
    this.html = html;
  }

  /**
   * Writes both.
   *
   * @param caption a sentence on what the edges carry
   */
  void write(String caption) throws IOException {
    html.open("figure");
    // Opens at its right end, where the explained state is: see explain.css.
    html.open(
        "div",
        "class",
        "scroll picture",
        "tabindex",
        "0",
        "role",
        "region",
        "aria-label",
        "Picture of the route");
    RouteSvg.writeElement(document, anchor, html.writer());
    html.close().open("figcaption");
    kind("attention", "attention: from a token to a later one");
    kind("mlp", "MLP");
    kind("residual", "residual stream: what stays");
    html.element("p", caption);
    html.element(
        "p",
        "The wider a line, the more of %s came through it. Point at, tap or tab to one of the strongest for its numbers. %s"
            .formatted(whole, RouteSvg.leftOut(document))
            .strip());
    html.close().close();
    inWords();
  }

  private void kind(String name, String words) throws IOException {
    html.open("span", "class", "kind");
    html.element("span", "", "class", "key " + name).text(words).close().text(" ");
  }

  private void inWords() throws IOException {
    RouteWords words = new RouteWords(document);
    List<Edge> edges = document.routes().getFirst().route().edges();
    html.open("details");
    html.element("summary", "All %d connections in words".formatted(edges.size()));
    html.open("ul", "class", "words");
    for (Edge edge : edges.reversed().stream().limit(MOST).toList()) {
      html.element("li", words.of(edge));
    }
    html.close();
    if (edges.size() > MOST) {
      html.element("p", "Those of the lowest layers are left out; limpid routes has all.");
    }
    html.close();
  }
}
