package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteGraph;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where the nodes of a route stand in its picture: positions across, layers up.
 *
 * <p>A layer is low in which hardly anything moves between positions, and no MLP writes much: so
 * the others have room. Of many positions, those that matter get a column.
 */
final class RouteLayout {
  /** So many attention edges are named and always drawn: those with the most flow. */
  static final int NAMED = 12;

  private static final int SIDE = 84;
  private static final int WIDEST_COLUMN = 64;
  private static final int NARROWEST_COLUMN = 44;

  /** Columns give way until the picture is as wide as this. */
  private static final int WIDTH = 1080;

  /** Half the height of a layer: less in deep models, so that the picture fits a screen. */
  private static final int HIGHEST_ROW = 34;

  private static final int LOWEST_ROW = 20;
  private static final int ROWS = 800;
  private static final int QUIET_ROW = 7;

  /** A layer is quiet if less of the state than this was moved between positions there .. */
  private static final double QUIET = 0.01;

  /** .. and less than this came through any of its MLPs. */
  private static final double QUIET_MLP = 0.1;

  /** With more positions than these, those that carried next to nothing are left out. */
  private static final int MANY = 24;

  static final double NEXT_TO_NOTHING = 0.005;

  private final RouteGraph route;
  private final int[] columns;
  private final int column;
  private final boolean[] quiet;

  /** The y of what each layer reads; one more for the top. */
  private final int[] floors;

  /**
   * Lays a route out.
   *
   * @param top how much stays free above
   */
  RouteLayout(RouteGraph route, int top) {
    this.route = route;
    EdgeFlow flow = new EdgeFlow(route);
    List<Edge.Attention> attention = flow.betweenPositions();
    int nLayers = route.nodes().getLast().node().layer() + 1;
    double[] moved = new double[nLayers];
    attention.forEach(edge -> moved[edge.to().layer()] += flow.of(edge));
    for (Route.NodeFlow node : route.nodes()) {
      if (node.node().kind() == Node.Kind.MLP && node.flow() >= QUIET_MLP) {
        moved[node.node().layer()] += QUIET;
      }
    }
    this.quiet = new boolean[nLayers];
    int nQuiet = 0;
    for (int l = 0; l < nLayers; l++) {
      quiet[l] = moved[l] < QUIET;
      nQuiet += quiet[l] ? 1 : 0;
    }
    int row = Math.clamp(ROWS / (2 * Math.max(1, nLayers - nQuiet)), LOWEST_ROW, HIGHEST_ROW);
    this.floors = new int[nLayers + 1];
    floors[nLayers] = top;
    for (int l = nLayers - 1; l >= 0; l--) {
      floors[l] = floors[l + 1] + 2 * (quiet[l] ? QUIET_ROW : row);
    }
    this.columns = columns(route, attention);
    this.column = Math.clamp((WIDTH - 2 * SIDE) / columns.length, NARROWEST_COLUMN, WIDEST_COLUMN);
  }

  private static int[] columns(RouteGraph route, List<Edge.Attention> attention) {
    SortedSet<Integer> shown = new TreeSet<>();
    shown.add(route.position());
    for (int t = 0; t < route.position() && route.position() < MANY; t++) {
      shown.add(t);
    }
    for (Edge edge : attention.subList(0, Math.min(NAMED, attention.size()))) {
      shown.add(edge.from().position());
      shown.add(edge.to().position());
    }
    for (Route.NodeFlow node : route.nodes()) {
      if (node.flow() >= NEXT_TO_NOTHING) {
        shown.add(node.node().position());
      }
    }
    return shown.stream().mapToInt(t -> t).toArray();
  }

  /** Returns the positions that have a column, ascending. */
  int[] columns() {
    return columns.clone();
  }

  /** Returns whether a node's position has a column. */
  boolean shows(Node node) {
    return Arrays.binarySearch(columns, node.position()) >= 0;
  }

  /** Returns whether an edge is drawn. */
  boolean shows(Edge edge) {
    return shows(edge.from()) && shows(edge.to());
  }

  /** Returns how many positions of the route have no column. */
  int leftOut() {
    return (int)
        route.nodes().stream()
            .map(n -> n.node())
            .filter(n -> !shows(n))
            .map(Node::position)
            .distinct()
            .count();
  }

  /** Returns whether hardly anything happens in a layer. */
  boolean isQuiet(int layer) {
    return quiet[layer];
  }

  /** Returns the layers from bottom to top, quiet neighbours together: first and last of each. */
  List<int[]> rows() {
    List<int[]> rows = new ArrayList<>();
    for (int l = 0; l < quiet.length; l++) {
      if (l > 0 && quiet[l] && quiet[l - 1]) {
        rows.getLast()[1] = l;
      } else {
        rows.add(new int[] {l, l});
      }
    }
    return rows;
  }

  /** Returns the middle of neighbouring layers. */
  int middle(int first, int last) {
    return (floors[first] + floors[last + 1]) / 2;
  }

  int x(int position) {
    return SIDE + column / 2 + Arrays.binarySearch(columns, position) * column;
  }

  int x(Node node) {
    return x(node.position()) + (node.kind() == Node.Kind.MLP ? column / 3 : 0);
  }

  int y(Node node) {
    int floor = floors[node.layer()];
    int height = floor - (node.kind() == Node.Kind.TOKEN ? floor : floors[node.layer() + 1]);
    return floor
        - switch (node.kind()) {
          case TOKEN -> 0;
          case AFTER_ATTENTION -> height / 2;
          case MLP -> 3 * height / 4;
          case AFTER_MLP -> height;
        };
  }

  /** Returns the y of the last states. */
  int top() {
    return floors[floors.length - 1];
  }

  /** Returns the y of the tokens. */
  int bottom() {
    return floors[0];
  }

  /** Returns the width with the names of layers on both sides. */
  int width() {
    return SIDE + columns.length * column + SIDE;
  }
}
