package dev.limpid.explorer.show;

import dev.limpid.Explanation;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.view.ExplainView;
import dev.limpid.view.PredictionView;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** An explanation for people: prediction, picture of the route, source tokens, attention. */
public final class ExplainText {
  private static final int LISTED = 8;
  private static final int WIDEST_CELL = 7;
  private static final int LEAST_CELL = 4;
  private static final int MARGIN = 12;
  private static final int BAR = 24;

  private final ExplainView view;
  private final Route route;
  private final RouteStory story;
  private final PrintStream out;
  private final int width;
  private final Ansi ansi;

  /**
   * Prepares an explanation.
   *
   * @param width how many columns a line may have
   * @param colours whether the terminal shows colours
   */
  public ExplainText(Explanation explanation, PrintStream out, int width, boolean colours) {
    this.view = explanation.view();
    this.route = explanation.route();
    this.story = new RouteStory(explanation, TerminalText::quoted);
    this.out = out;
    this.width = width;
    this.ansi = colours ? Ansi.ON : Ansi.OFF;
  }

  /** Prints it. */
  public void print() {
    predictions();
    picture();
    sources();
    attention();
    out.println();
    faint(view.note());
    contrast();
  }

  private void predictions() {
    heading(
        "%s predicts after %s (position %d)"
            .formatted(view.model().name(), token(view.position()), view.position()));
    for (PredictionView p : view.predictions()) {
      prediction(p, p.rank() == 1 ? "bold" : "");
    }
    if (view.answer() != null) {
      out.println("asked for");
      prediction(view.answer(), "");
    }
    if (view.distractor() != null) {
      prediction(view.distractor(), "");
    }
    if (view.logitDifference() != null) {
      out.println("  logit difference " + Numbers.change(view.logitDifference()));
    }
  }

  private void prediction(PredictionView p, String style) {
    out.println(
        "  "
            + styled(style, TerminalText.columns(TerminalText.quoted(p), 20))
            + "%7s   logit %8s   rank %d"
                .formatted(Numbers.percent(p.probability()), Numbers.logit(p.logit()), p.rank()));
  }

  /** Tokens across, layers upwards: each cell is the state after a layer, shaded by its flow. */
  private void picture() {
    List<Integer> shown = shownPositions();
    int cell = cellWidth(shown.size());
    heading(
        "Route (threshold %s, %s): %d nodes, %d edges"
            .formatted(
                TerminalText.exact(view.threshold()), view.mode(), view.nodes(), view.edges()));
    story.sentences().forEach(this::sentence);
    double[][] flow = new double[view.model().nLayers() + 1][view.tokens().size()];
    boolean[][] mlp = new boolean[view.model().nLayers() + 1][view.tokens().size()];
    for (Route.NodeFlow node : route.nodes()) {
      Node n = node.node();
      switch (n.kind()) {
        case TOKEN -> flow[0][n.position()] = node.flow();
        case AFTER_MLP -> flow[n.layer() + 1][n.position()] = node.flow();
        case MLP -> mlp[n.layer() + 1][n.position()] = true;
        case AFTER_ATTENTION -> {}
      }
    }
    for (int row = view.model().nLayers(); row >= 0; row--) {
      StringBuilder line = new StringBuilder(label(row));
      for (int t : shown) {
        line.append(cell(flow[row][t], mlp[row][t], cell));
      }
      out.println(line.toString().stripTrailing());
    }
    names(shown, cell);
    faint("  share of the state: " + Shade.LEGEND + "   + with MLP");
    if (view.tokens().size() > shown.size()) {
      faint("  Of %d positions, those with the most flow.".formatted(view.tokens().size()));
    }
    sentence(story.kept());
  }

  /** The tokens below their columns; where these are narrow, in several rows that take turns. */
  private void names(List<Integer> shown, int cell) {
    int rows = Math.ceilDiv(WIDEST_CELL, cell);
    for (int row = 0; row < Math.min(rows, shown.size()); row++) {
      StringBuilder line = new StringBuilder(" ".repeat(MARGIN + row * cell));
      for (int i = row; i < shown.size(); i += rows) {
        line.append(TerminalText.columns(bare(shown.get(i)), rows * cell - 1)).append(' ');
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private int cellWidth(int columns) {
    return Math.clamp((width - MARGIN) / columns, LEAST_CELL, WIDEST_CELL);
  }

  private static String label(int row) {
    return TerminalText.columns(row == 0 ? "  tokens" : "  layer %2d".formatted(row - 1), MARGIN);
  }

  private String cell(double flow, boolean mlp, int columns) {
    if (flow <= 0) {
      return " ".repeat(columns);
    }
    int wide = Math.min(3, columns - 2);
    return Shade.of(flow, wide, ansi)
        + (mlp ? styled("fg(magenta)", "+") : " ")
        + " ".repeat(columns - wide - 1);
  }

  /** All positions if they fit, else those of the route with the most flow. */
  private List<Integer> shownPositions() {
    int fit = (width - MARGIN) / LEAST_CELL;
    List<Integer> positions = new ArrayList<>();
    if (view.tokens().size() <= fit) {
      view.tokens().forEach(token -> positions.add(token.position()));
      return positions;
    }
    positions.add(view.position());
    for (ExplainView.Source source : view.sources()) {
      if (positions.size() < fit && !positions.contains(source.position())) {
        positions.add(source.position());
      }
    }
    positions.sort(null);
    return positions;
  }

  private void sources() {
    heading("Where this state came from");
    for (ExplainView.Source source : view.sources().stream().limit(LISTED).toList()) {
      String note = source.position() == 0 ? "   (first token: a resting place)" : "";
      int bar = Math.min(BAR, width - MARGIN - 26 - note.length());
      out.println(
          "  %3d  %s%7s  %s%s"
              .formatted(
                  source.position(),
                  TerminalText.columns(token(source.position()), 20),
                  Numbers.percent(source.flow()),
                  styled(
                      "fg(green)",
                      "█".repeat(Math.min(bar, (int) Math.round(BAR * source.flow())))),
                  styled("faint", note)));
    }
    if (view.sources().size() > LISTED) {
      double rest =
          view.sources().stream().skip(LISTED).mapToDouble(ExplainView.Source::flow).sum();
      out.println(
          "       %s%7s"
              .formatted(
                  TerminalText.columns((view.sources().size() - LISTED) + " more", 20),
                  Numbers.percent(rest)));
    }
    ExplainView.Lost lost = view.lostFlow();
    double missing = lost.stopped() + lost.belowThreshold() + lost.bias();
    if (missing > 5e-5) {
      out.println(
          "       %s%7s"
              .formatted(TerminalText.columns("arrives nowhere", 20), Numbers.percent(missing)));
      out.println(
          "         (stopped %s, below the threshold %s, bias %s)"
              .formatted(
                  Numbers.percent(lost.stopped()),
                  Numbers.percent(lost.belowThreshold()),
                  Numbers.percent(lost.bias())));
    }
    stops("its parts only cancel one another, so none of them has a share", route.cancelling());
    List<Node> weak = new ArrayList<>(route.stopped());
    weak.removeAll(route.cancelling());
    stops("none of its parts is above the threshold", weak);
  }

  private void stops(String reason, List<Node> nodes) {
    if (!nodes.isEmpty()) {
      String named = nodes.stream().limit(LISTED).map(Node::id).collect(Collectors.joining(", "));
      String more = nodes.size() > LISTED ? " and %d more".formatted(nodes.size() - LISTED) : "";
      out.println("       flow stops at " + named + more + ": " + reason);
    }
  }

  private void attention() {
    if (view.attention().isEmpty()) {
      return;
    }
    heading("Attention that carried the most of it");
    for (ExplainView.Attention edge : view.attention().stream().limit(LISTED).toList()) {
      String start =
          "  layer %2d  %s from %s%7s  "
              .formatted(
                  edge.layer(),
                  TerminalText.columns(edge.query() + " " + token(edge.query()), 16),
                  TerminalText.columns(edge.key() + " " + token(edge.key()), 16),
                  Numbers.percent(edge.flow()));
      List<String> heads = edge.heads().stream().limit(3).map(h -> head(h, edge)).toList();
      out.println(start + TerminalText.fitting(heads, ", ", width - TerminalText.width(start)));
    }
  }

  private static String head(ExplainView.Head head, ExplainView.Attention edge) {
    String name = "head " + head.head();
    return edge.heads().size() == 1
        ? name
        : "%s (%s)".formatted(name, Numbers.percent(edge.flow(head)));
  }

  private void contrast() {
    if (view.contrast() == null || view.answer() == null) {
      return;
    }
    heading("Where " + TerminalText.logitName(view.answer(), view.distractor()) + " came from");
    new ContrastTable(view.contrast(), view.tokens()).print(out, LISTED);
    faint(view.contrast().note());
  }

  private String token(int position) {
    return TerminalText.quoted(view.tokens().get(position));
  }

  private String bare(int position) {
    TokenView token = view.tokens().get(position);
    return token.text() == null ? "#" + token.id() : TerminalText.text(token.text()).strip();
  }

  private void heading(String text) {
    out.println();
    out.println(styled("bold", text));
  }

  private void sentence(String text) {
    TerminalText.wrapped(text, width).lines().forEach(out::println);
  }

  private void faint(String text) {
    TerminalText.wrapped(text, width).lines().forEach(line -> out.println(styled("faint", line)));
  }

  private String styled(String style, String text) {
    return style.isEmpty() || text.isEmpty()
        ? text
        : ansi.new Text("@|" + style + " " + text.replace("|@", "| @") + "|@").toString();
  }
}
