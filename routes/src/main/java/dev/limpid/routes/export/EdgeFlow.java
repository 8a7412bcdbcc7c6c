package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How much of the explained state came through each edge of a route. */
final class EdgeFlow {
  private final Route route;
  private final Map<Node, Double> nodes = new HashMap<>();

  EdgeFlow(Route route) {
    this.route = route;
    route.nodes().forEach(node -> nodes.put(node.node(), node.flow()));
  }

  /** Returns the share of the explained state that came through an edge. */
  double of(Edge edge) {
    double flow = nodes.getOrDefault(edge.to(), 0.0);
    // An MLP passes on all it gets.
    return edge instanceof Edge.MlpIn ? flow : edge.weight() * flow;
  }

  /** Returns the attention edges between different positions, those with the most flow first. */
  List<Edge.Attention> betweenPositions() {
    return route.edges().stream()
        .filter(Edge.Attention.class::isInstance)
        .map(Edge.Attention.class::cast)
        .filter(edge -> edge.from().position() != edge.to().position())
        .sorted(Comparator.comparingDouble(edge -> -of(edge)))
        .toList();
  }
}
