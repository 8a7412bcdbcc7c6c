package dev.limpid.routes.export;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteGraph;
import dev.limpid.routes.ThresholdMode;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A route as a picture: tokens across, layers up; attention green, MLPs purple, the residual stream
 * thin and grey. Width and strength of a line say how much of the explained state came through it.
 * Follows the reader's light or dark scheme.
 *
 * <pre>
 *     o     after the MLP
 *     |\
 *     | []  MLP, to the right of its position
 *     |/
 *     o     after attention
 *    /|
 *   o o     tokens, or the states of the layer below
 * </pre>
 */
public final class RouteSvg {
  /** So many attention edges can be reached one by one on a page: those with the most flow. */
  public static final int LINKED = RouteLayout.NAMED;

  private static final int CAPTION = 90;
  private static final int CAPTION_WIDTH = 760;
  private static final int LABELS = 84;
  private static final int LONGEST_LABEL = 12;

  /** Lines that carry more are labelled, if there is room. */
  private static final double LABELLED = 0.05;

  /** Lines are full from here on, and lighter below: never so light that they are hard to see. */
  private static final double FULL = 0.25;

  /** The alternative text names so many tokens. */
  private static final int NAMED = 5;

  private static final String STYLE =
      """

      .route { background: #ffffff; color: #1c1c1c; font: 13px system-ui, sans-serif; --halo: #ffffff; }
      .route text { fill: currentColor; }
      .route .target { font-weight: 700; }
      .route .note { font-size: 12px; fill: #59606a; }
      .route .residual { stroke: #767676; } .route .attention { stroke: #116329; }
      .route .mlp_in, .route .mlp_out { stroke: #6639ba; }
      .route path { fill: none; stroke-linecap: round; } .route .against { stroke-dasharray: 3 3; }
      .route path:hover { stroke-opacity: 1; }
      .route circle { fill: currentColor; } .route rect.mlp { fill: #6639ba; }
      .route .label, .route .tip { font-size: 11px; stroke: var(--halo); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; }
      .route path.touch { stroke: transparent; stroke-width: 14px; pointer-events: stroke; cursor: pointer; }
      .route .tip { display: none; font-size: 13px; font-weight: 600; stroke-width: 6px; pointer-events: none; }
      .route a { outline: none; }
      .route a:hover .tip, .route a:focus .tip, .route a:target .tip { display: inline; }
      .route a:hover ~ .labels, .route a:focus ~ .labels, .route a:target ~ .labels { display: none; }
      .route a:hover .attention, .route a:focus .attention, .route a:target .attention { stroke: currentColor; stroke-opacity: 1; }
      @media screen and (prefers-color-scheme: dark) {
        .route { background: #14171c; color: #e8e8e8; --halo: #14171c; }
        .route .note { fill: #a0a7b0; }
        .route .residual { stroke: #9198a1; } .route .attention { stroke: #56d364; }
        .route .mlp_in, .route .mlp_out { stroke: #c9a7ff; } .route rect.mlp { fill: #c9a7ff; }
      }
      """;

  private final RouteDocument document;
  private final RouteDocument.PredictedRoute predicted;
  private final RouteGraph route;
  private final EdgeFlow flow;
  private final RouteWords words;
  private final RouteLayout layout;

  /** What anchors begin with; null in a picture that stands alone. */
  private final @Nullable String anchor;

  private final XmlOut xml;

  private RouteSvg(RouteDocument document, @Nullable String anchor, XmlOut xml) {
    this.document = document;
    this.predicted = document.only();
    this.route = predicted.route();
    this.flow = new EdgeFlow(route);
    this.words = new RouteWords(document);
    this.layout = new RouteLayout(route, (anchor == null ? CAPTION : 0) + LABELS);
    this.anchor = anchor;
    this.xml = xml;
  }

  /**
   * Writes a document of one route; flushes the writer, does not close it.
   *
   * @throws IllegalArgumentException if there are several routes
   */
  public static void write(RouteDocument document, Writer out) throws IOException {
    new RouteSvg(document, null, new XmlOut(out)).draw();
  }

  /**
   * Writes the picture as an element of a page that says itself what the picture shows: without
   * caption, and with an anchor {@code edge-1}, {@code edge-2} .. for each of the strongest
   * attention edges, which shows what it carries when it is hovered, focused or tapped. Flushes the
   * writer, does not close it.
   *
   * @param anchor what the anchors begin with, such as {@code edge-}
   * @throws IllegalArgumentException if there are several routes
   */
  public static void writeElement(RouteDocument document, String anchor, Writer out)
      throws IOException {
    new RouteSvg(document, anchor, XmlOut.fragment(out)).draw();
  }

  /** Returns what the picture leaves out, as a sentence; empty if nothing. */
  public static String leftOut(RouteDocument document) {
    int leftOut = new RouteLayout(document.only().route(), 0).leftOut();
    return leftOut == 0
        ? ""
        : "Left out: %d positions through which less than %s came."
            .formatted(leftOut, Spelling.percent(RouteLayout.NEXT_TO_NOTHING));
  }

  private void draw() throws IOException {
    boolean isAlone = anchor == null;
    int width = isAlone ? Math.max(layout.width(), CAPTION_WIDTH) : layout.width();
    int height = layout.bottom() + LABELS;
    xml.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "class",
        "route",
        "viewBox",
        "0 0 " + width + " " + height,
        "width",
        "" + width,
        "height",
        "" + height,
        "role",
        isAlone ? "img" : "group",
        "aria-label",
        inWords());
    xml.open("style").text(STYLE).close();
    if (isAlone) {
      caption();
    }
    for (int[] row : layout.rows()) {
      layerNames(row[0], row[1]);
    }
    List<Edge.Attention> strongest = flow.betweenPositions();
    strongest = strongest.subList(0, Math.min(LINKED, strongest.size()));
    for (Edge edge : route.edges()) {
      if (layout.shows(edge) && !strongest.contains(edge)) {
        edge(edge);
      }
    }
    for (Route.NodeFlow node : route.nodes()) {
      if (layout.shows(node.node())) {
        node(node);
      }
    }
    for (int i = 0; i < strongest.size(); i++) {
      strong(strongest.get(i), i + 1);
    }
    labels(strongest);
    for (int position : layout.columns()) {
      tokens(position);
    }
    xml.close().end();
  }

  /** The picture for those who do not see it. */
  private String inWords() {
    String sources =
        route.sources().stream()
            .sorted(Comparator.comparingDouble(source -> -source.flow()))
            .limit(NAMED)
            .map(source ->
                "%s at position %d: %s"
                    .formatted(
                        label(source.node().position()),
                        source.node().position(),
                        Spelling.percent(source.flow())))
            .collect(Collectors.joining("; "));
    return "Route of position %d: tokens across, %d layers up, %d nodes, %d edges. Largest sources: %s."
        .formatted(
            route.position(),
            route.nodes().getLast().node().layer() + 1,
            route.nodes().size(),
            route.edges().size(),
            sources);
  }

  private String label(int position) {
    RouteDocument.Token token = document.tokens().get(position);
    return RouteDocument.label(token.id(), token.text());
  }

  private void caption() throws IOException {
    RouteDocument.Prediction prediction = predicted.prediction();
    String label = RouteDocument.label(prediction.id(), prediction.text());
    line(
        22,
        "",
        "Position %d predicts %s with probability %s"
            .formatted(route.position(), label, Spelling.percent(prediction.probability())));
    line(42, "note", document.measure().shows());
    line(60, "note", (size() + " " + leftOut(document)).strip());
  }

  private String size() {
    String threshold = "Threshold " + Spelling.exact(document.threshold());
    return switch (document.measure()) {
      case RouteDocument.Measure.Contribution(ThresholdMode mode, ContributionOptions _) ->
          "%s, %s; its edges carry %s of a state on average."
              .formatted(
                  threshold, Spelling.lower(mode), Spelling.percent(((Route) route).keptShare()));
      case RouteDocument.Measure.Relevance relevance ->
          "%s of the %s, which is %s."
              .formatted(threshold, relevance.inWords(), Spelling.roughLogit(relevance.value()));
    };
  }

  private void line(int y, String style, String text) throws IOException {
    xml.open("text", "class", style, "x", "10", "y", "" + y).text(text).close();
  }

  /** On both sides: of a wide picture only one is seen at a time. */
  private void layerNames(int first, int last) throws IOException {
    String name = first == last ? "layer " + first : "layers " + first + "–" + last;
    String y = "" + (layout.middle(first, last) + 4);
    xml.open("text", "class", "note", "x", "4", "y", y).text(name).close();
    String right = "" + (layout.width() - 4);
    xml.open("text", "class", "note", "x", right, "y", y, "text-anchor", "end").text(name).close();
  }

  private void edge(Edge edge) throws IOException {
    line(edge);
    xml.open("title").text(words.of(edge)).close();
    xml.close();
  }

  private void line(Edge edge) throws IOException {
    double amount = Math.clamp(flow.of(edge), 0, 1); // by relevance, residuals may be beyond
    boolean isThin = edge instanceof Edge.Residual;
    xml.open(
        "path",
        "class",
        Spelling.kind(edge) + (flow.of(edge) < 0 ? " against" : ""),
        "d",
        path(edge),
        "stroke-width",
        Spelling.share(0.75 + (isThin ? 1.25 : 8) * amount),
        "stroke-opacity",
        Spelling.share(isThin ? 1 : 0.65 + 0.35 * Math.min(1, amount / FULL)));
  }

  /** One of the strongest: on a page with an anchor and its own words. */
  private void strong(Edge.Attention edge, int number) throws IOException {
    if (anchor == null) {
      edge(edge);
      return;
    }
    String said = words.of(edge);
    String name = anchor + number;
    xml.open("a", "id", name, "href", "#" + name, "aria-label", said);
    xml.open("path", "class", "touch", "d", path(edge)).close();
    line(edge);
    xml.close();
    // Where the line ends: the explained state is what a narrow screen shows first.
    double width = 7.2 * said.length();
    double end = layout.x(edge.to()) + 110;
    text("tip", Box.at(end - width / 2, layout.y(edge.to()) - 14, width, layout.width()), said);
    xml.close();
  }

  /** Names the strongest edges where there is room, over all lines. */
  private void labels(List<Edge.Attention> strongest) throws IOException {
    xml.open("g", "class", "labels", "aria-hidden", "true");
    List<Box> taken = new ArrayList<>();
    for (Edge.Attention edge : strongest) {
      if (flow.of(edge) >= LABELLED) {
        label(edge, taken);
      }
    }
    xml.close();
  }

  /** At the first place along the line where no other label stands. */
  private void label(Edge.Attention edge, List<Box> taken) throws IOException {
    String label = words.label(edge);
    for (double along : new double[] {0.5, 0.35, 0.65, 0.25, 0.8}) {
      double x = between(layout.x(edge.from()), layout.x(edge.to()), along);
      double y = between(layout.y(edge.from()), layout.y(edge.to()), along);
      Box box = Box.at(x, y - 5, 6.2 * label.length(), layout.width());
      if (taken.stream().noneMatch(box::touches)) {
        taken.add(box);
        text("label", box, label);
        return;
      }
    }
  }

  private static double between(int from, int to, double along) {
    return from + along * (to - from);
  }

  private void text(String style, Box box, String text) throws IOException {
    xml.open(
            "text",
            "class",
            style,
            "x",
            "" + Math.round(box.left() + box.width() / 2),
            "y",
            "" + Math.round(box.base()),
            "text-anchor",
            "middle")
        .text(text)
        .close();
  }

  /** A line; attention of a position to itself bends left, beside the residual. */
  private String path(Edge edge) {
    int x = layout.x(edge.from());
    int y = layout.y(edge.from());
    int toX = layout.x(edge.to());
    int toY = layout.y(edge.to());
    if (edge instanceof Edge.Attention && x == toX) {
      return "M%d %dQ%d %d %d %d".formatted(x, y, x - 24, (y + toY) / 2, toX, toY);
    }
    return "M%d %dL%d %d".formatted(x, y, toX, toY);
  }

  private void node(Route.NodeFlow node) throws IOException {
    int x = layout.x(node.node());
    int y = layout.y(node.node());
    double size = Math.sqrt(Math.clamp(node.flow(), 0, 1));
    boolean isSmall = node.node().kind() != Node.Kind.TOKEN && layout.isQuiet(node.node().layer());
    if (node.node().kind() == Node.Kind.MLP) {
      double half = isSmall ? 2 : 2.5 + 2.5 * size;
      String side = Spelling.share(2 * half);
      xml.open(
          "rect",
          "class",
          "mlp",
          "x",
          Spelling.share(x - half),
          "y",
          Spelling.share(y - half),
          "width",
          side,
          "height",
          side);
    } else {
      String radius = Spelling.share(isSmall ? 2 : 2 + 4 * size);
      xml.open("circle", "cx", "" + x, "cy", "" + y, "r", radius);
    }
    xml.open("title").text(words.of(node)).close();
    xml.close();
  }

  /** A token's name below its column, and above it where the layers may reach off the screen. */
  private void tokens(int position) throws IOException {
    token(position, layout.bottom() + 18, "end");
    token(position, layout.top() - 12, "start");
  }

  private void token(int position, int y, String anchor) throws IOException {
    String label = label(position);
    int length = label.codePointCount(0, label.length());
    String shown =
        length <= LONGEST_LABEL
            ? label
            : label.substring(0, label.offsetByCodePoints(0, LONGEST_LABEL - 1)) + "…";
    String x = "" + layout.x(position);
    String turned = "rotate(-40 " + x + " " + y + ")";
    String style = position == route.position() ? "target" : "token";
    xml.open(
        "text", "class", style, "x", x, "y", "" + y, "text-anchor", anchor, "transform", turned);
    xml.text(shown);
    xml.open("title").text(position + ": " + label).close();
    xml.close();
  }

  /** The room of a text on one line, in the unit of the picture. */
  private record Box(double left, double base, double width) {
    private static final int HEIGHT = 14;

    /** Around x, inside of the picture. */
    static Box at(double x, double base, double width, double most) {
      return new Box(Math.max(0, Math.min(most - width, x - width / 2)), base, width);
    }

    boolean touches(Box other) {
      return left < other.left + other.width
          && other.left < left + width
          && Math.abs(base - other.base) < HEIGHT;
    }
  }
}
