package dev.limpid.explorer.show;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Shares of heads as a small picture: a row a layer, the last on top, and a column a head. Several
 * stand side by side, on one scale.
 *
 * @param shares [L][H], at least 0
 */
record LayerHeadMap(double[][] shares) {
  private static final int CELL = 14;
  private static final int LARGE_CELL = 22;
  private static final int LEFT = 26;
  private static final int BELOW = 16;
  private static final int FEWEST = 8;

  /** Takes one number of each head of a list, layer by layer. */
  static <T> LayerHeadMap of(List<T> heads, int nHeads, ToDoubleFunction<T> share) {
    double[][] shares = new double[heads.size() / nHeads][nHeads];
    for (int i = 0; i < heads.size(); i++) {
      shares[i / nHeads][i % nHeads] = share.applyAsDouble(heads.get(i));
    }
    return new LayerHeadMap(shares);
  }

  double largest() {
    return Arrays.stream(shares).flatMapToDouble(Arrays::stream).max().orElse(0);
  }

  /**
   * Writes it.
   *
   * @param caption what it shows
   * @param largest the share of the deepest colour
   */
  void write(String caption, double largest, HtmlOut html) throws IOException {
    int nLayers = shares.length;
    int nHeads = shares[0].length;
    int side = nHeads <= FEWEST ? LARGE_CELL : CELL;
    int width = LEFT + Math.max(FEWEST, nHeads) * side;
    int height = nLayers * side + BELOW;
    html.open("figure", "class", "map").element("figcaption", caption);
    html.open(
        "svg",
        "viewBox",
        "0 0 %d %d".formatted(width, height),
        "width",
        "" + width,
        "role",
        "img",
        "aria-label",
        caption + ": " + said());
    for (int l = 0; l < nLayers; l++) {
      int y = (nLayers - 1 - l) * side;
      if (l % 2 == 0 || nLayers < FEWEST) {
        label("" + l, LEFT - 6, y + side / 2 + 3, "end", html);
      }
      for (int h = 0; h < nHeads; h++) {
        cell(l, h, LEFT + h * side, y, side, largest, html);
      }
    }
    for (int h = 0; h < nHeads; h += nHeads <= FEWEST ? 1 : 4) {
      label("" + h, LEFT + h * side + side / 2, height - 3, "middle", html);
    }
    html.close().close();
  }

  private void cell(int l, int h, int x, int y, int side, double largest, HtmlOut html)
      throws IOException {
    double share = shares[l][h];
    html.open(
        "rect",
        "x",
        "" + x,
        "y",
        "" + y,
        "width",
        "" + (side - 1),
        "height",
        "" + (side - 1),
        "style",
        "--share: " + PageOut.width(largest == 0 ? 0 : share / largest));
    html.element("title", "layer %d, head %d: %s".formatted(l, h, Numbers.percent(share)));
    html.close();
  }

  private static void label(String text, int x, int y, String anchor, HtmlOut html)
      throws IOException {
    html.element("text", text, "x", "" + x, "y", "" + y, "text-anchor", anchor);
  }

  /** What somebody hears who does not see it. */
  private String said() {
    int layer = 0;
    int head = 0;
    for (int l = 0; l < shares.length; l++) {
      for (int h = 0; h < shares[l].length; h++) {
        if (shares[l][h] > shares[layer][head]) {
          layer = l;
          head = h;
        }
      }
    }
    return "most in layer %d, head %d, %s"
        .formatted(layer, head, Numbers.percent(shares[layer][head]));
  }
}
