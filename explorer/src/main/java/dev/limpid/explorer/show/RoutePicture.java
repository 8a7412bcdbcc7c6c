package dev.limpid.explorer.show;

import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteGraph;
import dev.limpid.view.TokenView;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/**
 * A route in a terminal: tokens across, layers upwards; each cell is the state after a layer,
 * shaded by its flow.
 */
final class RoutePicture {
  /** What the signs beside the shades mean, where there are any. */
  static final String AGAINST = "   - against";

  private static final int WIDEST_CELL = 7;
  private static final int LEAST_CELL = 4;
  private static final int MARGIN = 12;

  private final RouteGraph route;
  private final List<TokenView> tokens;
  private final int nLayers;
  private final int width;
  private final Ansi ansi;

  /**
   * Prepares it.
   *
   * @param width how many columns a line may have
   */
  RoutePicture(RouteGraph route, List<TokenView> tokens, int nLayers, int width, Ansi ansi) {
    this.route = route;
    this.tokens = tokens;
    this.nLayers = nLayers;
    this.width = width;
    this.ansi = ansi;
  }

  /** Prints the rows and the tokens; returns how many positions have no column. */
  int print(PrintStream out) {
    List<Integer> shown = shownPositions();
    int cell = Math.clamp((width - MARGIN) / shown.size(), LEAST_CELL, WIDEST_CELL);
    double[][] flow = new double[nLayers + 1][tokens.size()];
    boolean[][] mlp = new boolean[nLayers + 1][tokens.size()];
    for (Route.NodeFlow node : route.nodes()) {
      Node n = node.node();
      switch (n.kind()) {
        case TOKEN -> flow[0][n.position()] = node.flow();
        case AFTER_MLP -> flow[n.layer() + 1][n.position()] = node.flow();
        case MLP -> mlp[n.layer() + 1][n.position()] = true;
        case AFTER_ATTENTION -> {}
      }
    }
    for (int row = nLayers; row >= 0; row--) {
      StringBuilder line = new StringBuilder(label(row));
      for (int t : shown) {
        line.append(cell(flow[row][t], mlp[row][t], cell));
      }
      out.println(line.toString().stripTrailing());
    }
    names(shown, cell, out);
    roles(shown, cell, out);
    return tokens.size() - shown.size();
  }

  /** The tokens below their columns; where these are narrow, in several rows that take turns. */
  private void names(List<Integer> shown, int cell, PrintStream out) {
    int rows = Math.ceilDiv(WIDEST_CELL, cell);
    for (int row = 0; row < Math.min(rows, shown.size()); row++) {
      StringBuilder line = new StringBuilder(" ".repeat(MARGIN + row * cell));
      for (int i = row; i < shown.size(); i += rows) {
        line.append(TerminalText.columns(name(shown.get(i)), rows * cell - 1)).append(' ');
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /** Who says what, below the tokens of a conversation: a role where its part begins. */
  private void roles(List<Integer> shown, int cell, PrintStream out) {
    if (tokens.stream().allMatch(token -> token.role() == null)) {
      return;
    }
    StringBuilder line = new StringBuilder(TerminalText.columns("  said by", MARGIN));
    for (int i = 0; i < shown.size(); ) {
      @Nullable String role = tokens.get(shown.get(i)).role();
      int end = i + 1;
      while (end < shown.size() && Objects.equals(role, tokens.get(shown.get(end)).role())) {
        end++;
      }
      String name = role == null ? "" : TerminalText.text(role);
      line.append(TerminalText.columns(name, (end - i) * cell - 1)).append(' ');
      i = end;
    }
    out.println(line.toString().stripTrailing());
  }

  private String name(int position) {
    TokenView token = tokens.get(position);
    return token.text() == null ? "#" + token.id() : TerminalText.text(token.text()).strip();
  }

  private static String label(int row) {
    return TerminalText.columns(row == 0 ? "  tokens" : "  layer %2d".formatted(row - 1), MARGIN);
  }

  private String cell(double flow, boolean mlp, int columns) {
    int wide = Math.min(3, columns - 2);
    if (flow == 0) {
      return " ".repeat(columns);
    }
    String shade = flow < 0 ? TerminalText.columns("-", wide) : Shade.of(flow, wide, ansi);
    return shade + (mlp ? ansi.string("@|fg(magenta) +|@") : " ") + " ".repeat(columns - wide - 1);
  }

  /** All positions if they fit, else those of the route with the most flow. */
  private List<Integer> shownPositions() {
    int fit = (width - MARGIN) / LEAST_CELL;
    List<Integer> positions = new ArrayList<>();
    if (tokens.size() <= fit) {
      tokens.forEach(token -> positions.add(token.position()));
      return positions;
    }
    positions.add(route.position());
    route.sources().stream()
        .sorted(Comparator.comparingDouble(source -> -Math.abs(source.flow())))
        .map(source -> source.node().position())
        .filter(t -> t != route.position())
        .limit(fit - 1)
        .forEach(positions::add);
    positions.sort(null);
    return positions;
  }
}
