package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A route as a picture: tokens across, layers up; attention green, MLPs purple, the residual stream
 * grey; width and opacity by weight. Follows the reader's light or dark scheme.
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
  private static final int LEFT = 70;
  private static final int CAPTION = 70;
  private static final int MARGIN = 14;
  private static final int COLUMN = 64;
  private static final int LABELS = 110;
  private static final int LONGEST_LABEL = 12;

  /** Half the height of a layer: less in deep models, so that the picture fits a screen. */
  private static final int HIGHEST_ROW = 34;

  private static final int LOWEST_ROW = 17;
  private static final int ROWS = 800;

  /** With more positions than these, those outside the route are left out. */
  private static final int MANY = 24;

  /** The alternative text names so many tokens. */
  private static final int NAMED = 5;

  private static final String STYLE =
      """

      .route { background: #ffffff; color: #1c1c1c; font: 13px system-ui, sans-serif; }
      .route text { fill: currentColor; }
      .route .note { font-size: 12px; opacity: 0.75; }
      .route .residual { stroke: #8a8a8a; } .route .attention { stroke: #1a7f37; }
      .route .mlp_in, .route .mlp_out { stroke: #8250df; }
      .route path { fill: none; stroke-linecap: round; }
      .route path:hover { stroke-opacity: 1; }
      .route circle { fill: currentColor; } .route rect.mlp { fill: #8250df; }
      @media (prefers-color-scheme: dark) {
        .route { background: #14171c; color: #e8e8e8; }
        .route .residual { stroke: #9a9a9a; } .route .attention { stroke: #4ac26b; }
        .route .mlp_in, .route .mlp_out { stroke: #b48cff; } .route rect.mlp { fill: #b48cff; }
      }
      """;

  private final RouteDocument document;
  private final RouteDocument.PredictedRoute predicted;
  private final int nLayers;
  private final int[] columns;
  private final int row;
  private final boolean isCaptioned;
  private final XmlOut xml;

  private RouteSvg(RouteDocument document, boolean isCaptioned, XmlOut xml) {
    this.document = document;
    this.predicted = document.only();
    this.nLayers = predicted.route().nodes().getLast().node().layer() + 1;
    this.columns = columns(predicted.route());
    this.row = Math.clamp(ROWS / (2 * nLayers), LOWEST_ROW, HIGHEST_ROW);
    this.isCaptioned = isCaptioned;
    this.xml = xml;
  }

  /**
   * Writes a document of one route; flushes the writer, does not close it.
   *
   * @throws IllegalArgumentException if there are several routes
   */
  public static void write(RouteDocument document, Writer out) throws IOException {
    new RouteSvg(document, true, new XmlOut(out)).draw();
  }

  /**
   * Writes the picture as an element of a page that says itself what the picture shows: without
   * caption. Flushes the writer, does not close it.
   *
   * @throws IllegalArgumentException if there are several routes
   */
  public static void writeElement(RouteDocument document, Writer out) throws IOException {
    new RouteSvg(document, false, XmlOut.fragment(out)).draw();
  }

  /** Returns whether the picture has no room for positions outside the route. */
  public static boolean leavesOut(RouteDocument document) {
    Route route = document.only().route();
    return columns(route).length <= route.position();
  }

  private void draw() throws IOException {
    Route route = predicted.route();
    int right = x(route.position()) + COLUMN;
    int width = isCaptioned ? Math.max(right, 720) : right;
    int height = tokenRow() + LABELS;
    String box = "0 0 " + width + " " + height;
    xml.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "class",
        "route",
        "viewBox",
        box,
        "width",
        "" + width,
        "height",
        "" + height,
        "role",
        "img");
    xml.open("title").text("Information flow route of position " + route.position()).close();
    xml.open("desc").text(inWords()).close();
    xml.open("style").text(STYLE).close();
    if (isCaptioned) {
      caption();
    }
    for (int layer = 0; layer < nLayers; layer++) {
      String y = "" + (y(new Node(Node.Kind.AFTER_ATTENTION, layer, 0)) - row / 2 + 4);
      xml.open("text", "class", "note", "x", "10", "y", y).text("layer " + layer).close();
    }
    for (Edge edge : route.edges()) {
      edge(edge);
    }
    for (Route.NodeFlow node : route.nodes()) {
      node(node);
    }
    for (int position : columns) {
      token(position);
    }
    xml.close().end();
  }

  /** The picture for those who do not see it. */
  private String inWords() {
    Route route = predicted.route();
    String sources =
        route.sources().stream()
            .sorted(Comparator.comparingDouble(source -> -source.flow()))
            .limit(NAMED)
            .map(source ->
                "%s at position %d: %s"
                    .formatted(
                        label(source.node().position()),
                        source.node().position(),
                        Spelling.share(source.flow())))
            .collect(Collectors.joining("; "));
    return "Tokens across, %d layers up, %d nodes, %d edges. Shares of the largest sources: %s."
        .formatted(nLayers, route.nodes().size(), route.edges().size(), sources);
  }

  private String label(int position) {
    RouteDocument.Token token = document.tokens().get(position);
    return RouteDocument.label(token.id(), token.text());
  }

  private void caption() throws IOException {
    RouteDocument.Prediction prediction = predicted.prediction();
    String label = RouteDocument.label(prediction.id(), prediction.text());
    xml.open("text", "x", "10", "y", "22")
        .text(
            "Position %d predicts %s with probability %s"
                .formatted(
                    predicted.route().position(), label, Spelling.share(prediction.probability())))
        .close();
    xml.open("text", "class", "note", "x", "10", "y", "42")
        .text(RouteDocument.WHAT_A_ROUTE_SHOWS)
        .text(" Threshold " + Spelling.exact(document.threshold()))
        .text(", " + Spelling.lower(document.mode()) + ".")
        .close();
  }

  private void edge(Edge edge) throws IOException {
    xml.open(
        "path",
        "class",
        Spelling.kind(edge),
        "d",
        path(edge),
        "stroke-width",
        Spelling.share(0.8 + 6 * edge.weight()),
        "stroke-opacity",
        Spelling.share(0.25 + 0.75 * edge.weight()));
    String title = edge.from() + " to " + edge.to() + ", " + Spelling.kind(edge) + " ";
    String heads =
        edge instanceof Edge.Attention attention
            ? attention.heads().stream()
                .map(head -> head.head() + ": " + Spelling.share(head.contribution()))
                .collect(Collectors.joining(", ", "; heads ", ""))
            : "";
    xml.open("title").text(title + Spelling.share(edge.weight()) + heads).close();
    xml.close();
  }

  /** A line; attention of a position to itself bends left, beside the residual. */
  private String path(Edge edge) {
    int x = x(edge.from());
    int y = y(edge.from());
    int toX = x(edge.to());
    int toY = y(edge.to());
    if (edge instanceof Edge.Attention && x == toX) {
      return "M%d %dQ%d %d %d %d".formatted(x, y, x - 24, (y + toY) / 2, toX, toY);
    }
    return "M%d %dL%d %d".formatted(x, y, toX, toY);
  }

  private void node(Route.NodeFlow node) throws IOException {
    int x = x(node.node());
    int y = y(node.node());
    if (node.node().kind() == Node.Kind.MLP) {
      String left = "" + (x - 4);
      String top = "" + (y - 4);
      xml.open("rect", "class", "mlp", "x", left, "y", top, "width", "8", "height", "8");
    } else {
      String radius = Spelling.share(2 + 4 * Math.sqrt(Math.min(1, Math.max(0, node.flow()))));
      xml.open("circle", "cx", "" + x, "cy", "" + y, "r", radius);
    }
    xml.open("title").text(node.node() + ", flow " + Spelling.share(node.flow())).close();
    xml.close();
  }

  private void token(int position) throws IOException {
    String label = label(position);
    int length = label.codePointCount(0, label.length());
    String shown =
        length <= LONGEST_LABEL
            ? label
            : label.substring(0, label.offsetByCodePoints(0, LONGEST_LABEL - 1)) + "…";
    String x = "" + x(position);
    String y = "" + (tokenRow() + 18);
    String turned = "rotate(-40 " + x + " " + y + ")";
    xml.open("text", "x", x, "y", y, "text-anchor", "end", "transform", turned).text(shown);
    xml.open("title").text(position + ": " + label).close();
    xml.close();
  }

  /** The positions that are shown, ascending. */
  private static int[] columns(Route route) {
    if (route.position() < MANY) {
      return IntStream.rangeClosed(0, route.position()).toArray();
    }
    return route.nodes().stream().mapToInt(n -> n.node().position()).distinct().sorted().toArray();
  }

  private int x(int position) {
    return LEFT + COLUMN / 2 + Arrays.binarySearch(columns, position) * COLUMN;
  }

  private int x(Node node) {
    return x(node.position()) + (node.kind() == Node.Kind.MLP ? COLUMN / 3 : 0);
  }

  private int y(Node node) {
    int above = tokenRow() - 2 * row * node.layer();
    return switch (node.kind()) {
      case TOKEN -> tokenRow();
      case AFTER_ATTENTION -> above - row;
      case MLP -> above - row - row / 2;
      case AFTER_MLP -> above - 2 * row;
    };
  }

  private int tokenRow() {
    return (isCaptioned ? CAPTION : MARGIN) + 2 * row * nLayers;
  }
}
