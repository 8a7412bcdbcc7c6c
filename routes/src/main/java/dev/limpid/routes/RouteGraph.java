package dev.limpid.routes;

import java.util.List;

/**
 * The part of a model's states that leads to the last state of one position.
 *
 * <p>All lists are in topological order: layer, then attention, MLP, after the MLP, then position;
 * edges by the node they enter, then by the one they leave.
 */
public sealed interface RouteGraph permits Route, RelevanceRoute {
  /** Returns the position of the state that is explained. */
  int position();

  /** Returns each node once, with its flow; tokens first, the explained state last. */
  List<Route.NodeFlow> nodes();

  /** Returns the edges. */
  List<Edge> edges();

  /** Returns the tokens with their flow. */
  default List<Route.NodeFlow> sources() {
    return nodes().stream().filter(n -> n.node().kind() == Node.Kind.TOKEN).toList();
  }
}
