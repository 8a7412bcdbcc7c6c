package dev.limpid.routes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that flows into the last state of one position over connections above the threshold.
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
    List<Node> stopped)
    implements RouteGraph {

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
   * @param flow the share of the explained state that came through this node; in a {@link
   *     RelevanceRoute}, of the number asked about
   * @param kept how much of the node its edges carry, before that is shared out among them; 1 for
   *     tokens and MLPs, which are not made of parts
   */
  public record NodeFlow(Node node, double flow, double kept) {}

  /**
   * Returns how much of a state the edges carry here, before that is shared out among them: the
   * mean over the states of this route that blocks have added to, weighted by flow. 1 if nothing is
   * below the threshold.
   */
  public double keptShare() {
    double kept = 0;
    double all = 0;
    for (NodeFlow node : nodes) {
      if (node.node().isMadeOfParts()) {
        kept += node.flow() * node.kept();
        all += node.flow();
      }
    }
    return kept / all;
  }

  /**
   * Returns how much of the explained state arrives at the tokens over the edges of this route if
   * nothing is shared out among them: what the route shows without filling up what it leaves out.
   * In mode {@link ThresholdMode#RAW} the flow of the tokens.
   */
  public double arrivingShare() {
    Map<Node, Double> weights = new HashMap<>();
    edges.forEach(edge -> weights.merge(edge.to(), edge.weight(), Double::sum));
    Map<Node, Double> kept = new HashMap<>();
    Map<Node, Double> arriving = new HashMap<>();
    for (NodeFlow node : nodes) {
      kept.put(node.node(), node.kept());
      arriving.put(node.node(), node.node().kind() == Node.Kind.TOKEN ? 1.0 : 0.0);
    }
    for (Edge edge : edges) { // from the tokens upwards
      double share =
          edge.weight() / weights.getOrDefault(edge.to(), 1.0) * kept.getOrDefault(edge.to(), 0.0);
      arriving.merge(edge.to(), share * arriving.getOrDefault(edge.from(), 0.0), Double::sum);
    }
    return arriving.getOrDefault(nodes.getLast().node(), 0.0);
  }

  /** Returns the share of the explained state that came from one token; 0 if not in the route. */
  public double sourceFlow(int tokenPosition) {
    return sources().stream()
        .filter(source -> source.node().position() == tokenPosition)
        .mapToDouble(NodeFlow::flow)
        .sum();
  }
}
