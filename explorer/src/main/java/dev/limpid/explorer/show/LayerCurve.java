package dev.limpid.explorer.show;

import dev.limpid.view.PredictionView;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * How one token rises through the layers: its probability and its rank after each, read by the
 * logit lens, as two curves and as a table.
 *
 * @param layers the token after each layer, [L]
 */
record LayerCurve(List<PredictionView> layers, PageOut page) {
  private static final int LEFT = 64;
  private static final int NARROWEST = 330;
  private static final int WIDEST = 760;

  /** A layer takes so much, as long as the picture is not too wide. */
  private static final int STEP = 36;

  private static final int HEIGHT = 84;
  private static final int GAP = 26;
  private static final int FOOT = 22;

  /** Numbers of layers are written this far apart at least. */
  private static final int TICK = 30;

  /** Writes them. */
  void write() throws IOException {
    HtmlOut html = page.html();
    html.open("h2").text("In which layer the model decides on ");
    page.token(layers.getLast().id(), layers.getLast().text());
    html.close().element("p", decided());
    html.open(
        "div",
        "class",
        "scroll picture",
        "tabindex",
        "0",
        "role",
        "region",
        "aria-label",
        "Curves through the layers");
    picture();
    html.close();
    html.open("details").element("summary", "The numbers of all layers");
    page.open(List.of("*after layer", "*probability", "*logit", "*rank"));
    for (int l = 0; l < layers.size(); l++) {
      html.open("tr");
      page.number("" + l);
      page.number(Numbers.percent(layers.get(l).probability()));
      page.number(Numbers.logit(layers.get(l).logit()));
      page.number("" + layers.get(l).rank());
      html.close();
    }
    page.close();
    html.close();
  }

  /** From where on the token is the most probable one, if it is. */
  private String decided() {
    int from = layers.size();
    while (from > 0 && layers.get(from - 1).rank() == 1) {
      from--;
    }
    String state = "Each state is read as if it were the last (logit lens).";
    if (from == layers.size()) {
      return "It is not the most probable token after the last layer. " + state;
    }
    String after = from == layers.size() - 1 ? "only after the last layer, " : "from layer ";
    return "It is the most probable token %s%d%s. %s"
        .formatted(after, from, from == layers.size() - 1 ? "" : " on", state);
  }

  private void picture() throws IOException {
    int worst = layers.stream().mapToInt(PredictionView::rank).max().orElse(1);
    int height = 2 * HEIGHT + GAP + FOOT + 12;
    HtmlOut html = page.html();
    html.open(
        "svg",
        "class",
        "curve",
        "viewBox",
        "0 0 " + width() + " " + height,
        "width",
        "" + width(),
        "height",
        "" + height,
        "role",
        "img",
        "aria-label",
        "Probability and rank after each layer; the numbers stand in the table below.");
    curve(12, "probability", "100 %", "0 %", PredictionView::probability);
    double scale = Math.max(Math.log(worst), 1e-9);
    curve(
        12 + HEIGHT + GAP,
        "rank",
        "1",
        "" + worst,
        p -> worst == 1 ? 1 : 1 - Math.log(p.rank()) / scale);
    int every = Math.max(1, Math.ceilDiv(TICK, step()));
    String foot = "" + (height - 6);
    html.element("text", "layer", "x", "" + (LEFT - 8), "y", foot, "text-anchor", "end");
    for (int l = 0; l < layers.size(); l += every) {
      html.element("text", "" + l, "x", "" + x(l), "y", foot, "text-anchor", "middle");
    }
    html.close();
  }

  private void curve(
      int top, String name, String high, String low, ToDoubleFunction<PredictionView> height)
      throws IOException {
    HtmlOut html = page.html();
    StringBuilder points = new StringBuilder();
    for (int l = 0; l < layers.size(); l++) {
      points
          .append(x(l))
          .append(',')
          .append(y(top, height.applyAsDouble(layers.get(l))))
          .append(' ');
    }
    for (int y : new int[] {top, top + HEIGHT}) {
      html.open("line", "x1", "" + LEFT, "x2", "" + width(), "y1", "" + y, "y2", "" + y).close();
    }
    String end = "" + (LEFT - 8);
    html.element("text", high, "x", end, "y", "" + (top + 4), "text-anchor", "end");
    html.element("text", low, "x", end, "y", "" + (top + HEIGHT + 4), "text-anchor", "end");
    html.element("text", name, "x", "" + (LEFT + 4), "y", "" + (top - 3), "class", "name");
    html.open("polyline", "points", points.toString().strip()).close();
    for (String point : points.toString().strip().split(" ", -1)) {
      String[] at = point.split(",", -1);
      html.open("circle", "cx", at[0], "cy", at[1], "r", "2.5").close();
    }
  }

  private int width() {
    return Math.clamp(LEFT + (long) STEP * layers.size(), NARROWEST, WIDEST);
  }

  private int step() {
    return Math.max(1, (width() - LEFT) / layers.size());
  }

  private int x(int layer) {
    return LEFT + (width() - LEFT) * (2 * layer + 1) / (2 * layers.size());
  }

  private static String y(int top, double height) {
    return String.format(Locale.ROOT, "%.1f", top + (1 - height) * HEIGHT);
  }
}
