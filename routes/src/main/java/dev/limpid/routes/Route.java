package dev.limpid.routes;

import java.util.List;

/**
 * Everything that flows into the last state of one position over connections above the threshold.
 *
 * <p>All lists are in topological order: layer, then attention, MLP, after the MLP, then position;
 * edges by the node they enter, then by the one they leave.
 *
 * @param position of the state that is explained
 * @param nodes each node once, with its flow; tokens first, the explained state last
 * @param cancelling the nodes of this route whose parts only cancel one another
 * @param stopped the nodes of this route where flow stops, the cancelling ones among them
 */
public record Route(
    int position,
    List<NodeFlow> nodes,
    List<Edge> edges,
    LostFlow lostFlow,
    List<Node> cancelling,
    List<Node> stopped) {

  /** Copies the lists. */
  public Route {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
    cancelling = List.copyOf(cancelling);
    stopped = List.copyOf(stopped);
  }

  /**
   * A node of a route.
   *
   * @param flow the share of the explained state that came through this node
   */
  public record NodeFlow(Node node, double flow) {}

  /** Returns the tokens of this route with their flow. */
  public List<NodeFlow> sources() {
    return nodes.stream().filter(n -> n.node().kind() == Node.Kind.TOKEN).toList();
  }

  /** Returns the share of the explained state that came from one token; 0 if not in the route. */
  public double sourceFlow(int tokenPosition) {
    return sources().stream()
        .filter(source -> source.node().position() == tokenPosition)
        .mapToDouble(NodeFlow::flow)
        .sum();
  }
}
