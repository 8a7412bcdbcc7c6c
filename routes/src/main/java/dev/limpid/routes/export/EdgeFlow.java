package dev.limpid.routes.export;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.RelevanceRoute;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteGraph;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How much of what a route explains came through each of its edges. */
public final class EdgeFlow {
  private final RouteGraph route;
  private final Map<Node, Double> nodes = new HashMap<>();

  /** Prepares the flow of a route's edges. */
  public EdgeFlow(RouteGraph route) {
    this.route = route;
    route.nodes().forEach(node -> nodes.put(node.node(), node.flow()));
  }

  /** Returns the share of the explained state, or logit, that came through an edge. */
  public double of(Edge edge) {
    return switch (route) {
      case RelevanceRoute _ -> edge.weight();
      case Route _ -> {
        double flow = nodes.getOrDefault(edge.to(), 0.0);
        // An MLP passes on all it gets.
        yield edge instanceof Edge.MlpIn ? flow : edge.weight() * flow;
      }
    };
  }

  /** Returns the attention edges between different positions, those with the most flow first. */
  public List<Edge.Attention> betweenPositions() {
    return route.edges().stream()
        .filter(Edge.Attention.class::isInstance)
        .map(Edge.Attention.class::cast)
        .filter(edge -> edge.from().position() != edge.to().position())
        .sorted(Comparator.comparingDouble(edge -> -of(edge)))
        .toList();
  }
}
