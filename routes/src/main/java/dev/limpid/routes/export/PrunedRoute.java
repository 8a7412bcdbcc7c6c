package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteGraph;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The edges of a route that most goes through, for readers who cannot take all of it. Nodes and
 * edges keep what they have in the whole route; what is left out is small, and still there.
 *
 * @param route the whole route
 * @param nodes the ends of the kept edges, and the explained state
 * @param edges none that was left out is larger than one of these
 * @param maxEdges how many were asked for
 * @param least the smallest amount that was kept
 */
public record PrunedRoute(
    RouteGraph route, List<Route.NodeFlow> nodes, List<Edge> edges, int maxEdges, double least) {

  /** Copies the lists. */
  public PrunedRoute {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  /** Returns whether a route has more edges than that. */
  public static boolean isNeeded(RouteGraph route, int maxEdges) {
    return route.edges().size() > maxEdges;
  }

  /**
   * Keeps the largest edges, of equal ones the first.
   *
   * @param maxEdges how many, at least 1
   */
  public static PrunedRoute of(RouteGraph route, int maxEdges) {
    EdgeFlow flow = new EdgeFlow(route);
    double[] amounts = route.edges().stream().mapToDouble(e -> Math.abs(flow.of(e))).toArray();
    List<Integer> kept =
        IntStream.range(0, amounts.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -amounts[i]))
            .limit(maxEdges)
            .toList();
    List<Edge> edges = kept.stream().sorted().map(route.edges()::get).toList();
    Set<Node> ends = new HashSet<>();
    ends.add(route.nodes().getLast().node());
    for (Edge edge : edges) {
      ends.add(edge.from());
      ends.add(edge.to());
    }
    return new PrunedRoute(
        route,
        route.nodes().stream().filter(node -> ends.contains(node.node())).toList(),
        edges,
        maxEdges,
        amounts[kept.getLast()]);
  }
}
