package dev.limpid.routes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds routes: everything that is reached downwards from the last state of a position over
 * connections above a threshold, and how much flows through it.
 *
 * <p>One sweep from the last node to the first does it, for one target or for all. A target's state
 * starts with a flow of 1. A node hands its flow down in shares, the weights of its incoming edges,
 * together with the set of targets that it was reached from. What it cannot hand down is lost, and
 * counted, so that
 *
 * <pre>
 *   flow of the tokens + stopped + below the threshold + biases = 1
 * </pre>
 *
 * <p>An MLP hands all of its flow to the one state it reads.
 *
 * @param threshold tau, in [0, 1) and not below what the graph is for; 0 keeps every part that
 *     contributed anything
 */
public record RouteExtractor(FlowGraph graph, ThresholdMode mode, double threshold) {

  /** Checks the threshold. */
  public RouteExtractor {
    FlowGraph.requireThreshold(threshold);
    if (threshold < graph.finest()) {
      throw new IllegalArgumentException(
          "the threshold is %s, this graph was made for %s and above; make it for lower ones"
              .formatted(threshold, graph.finest()));
    }
  }

  /** Returns the route of one position. */
  public Route route(int position) {
    requirePosition(position);
    return sweep(position, position + 1, new @Nullable NodeEdges[graph.nNodes()]).getFirst();
  }

  /** Returns the routes of all positions, in order. */
  public List<Route> routes() {
    @Nullable NodeEdges[] known = new @Nullable NodeEdges[graph.nNodes()];
    int n = graph.nPositions();
    int sweeps = Math.ceilDiv(n, Long.SIZE);
    return Threads.map(
            graph.threads(),
            sweeps,
            i -> sweep(i * Long.SIZE, Math.min(n, (i + 1) * Long.SIZE), known))
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Returns the share of a position's last state that came from each token, [T]: the flow of the
   * tokens in its route, without the route.
   */
  public double[] sourceFlow(int position) {
    requirePosition(position);
    double[] amounts = new double[graph.nNodes()];
    amounts[graph.lastState(position)] = 1;
    flowDown(amounts);
    return Arrays.copyOf(amounts, graph.nPositions());
  }

  /**
   * Lets amounts placed at any nodes flow down, all the way to the tokens.
   *
   * @param amounts by number of the node; modified: what passes through each node, and, at the
   *     tokens, arrives
   * @return what arrives at no token
   */
  public LostFlow flowDown(double[] amounts) {
    Threshold rules = new Threshold(graph, mode, threshold);
    LostFlow lost = LostFlow.NONE;
    for (int number = graph.nNodes() - 1; number >= 0; number--) {
      double amount = amounts[number];
      if (amount != 0) {
        Incoming incoming = rules.incoming(number);
        incoming.forEach((below, share) -> amounts[below] += share * amount);
        lost = lost.plus(incoming.lost(), amount);
      }
    }
    return lost;
  }

  private void requirePosition(int position) {
    if (position < 0 || position >= graph.nPositions()) {
      throw new IllegalArgumentException(
          "position " + position + " is not in the prompt (0 to " + (graph.nPositions() - 1) + ")");
    }
  }

  /**
   * Extracts the routes of at most 64 positions, from (inclusive) to (exclusive).
   *
   * @param known what sweeps have already found out, by number of the node. Several sweeps may find
   *     out the same at the same time, and then one of the two is kept
   */
  private List<Route> sweep(int from, int to, @Nullable NodeEdges[] known) {
    Threshold rules = new Threshold(graph, mode, threshold);
    List<RouteInReverse> routes = IntStream.range(from, to).mapToObj(RouteInReverse::new).toList();
    @Nullable Arrival[] arrivals = new @Nullable Arrival[graph.nNodes()];
    for (int target = 0; target < routes.size(); target++) {
      arrivals[graph.lastState(from + target)] = Arrival.start(target, routes.size());
    }
    for (int number = graph.nNodes() - 1; number >= 0; number--) {
      Arrival arrival = arrivals[number];
      if (arrival == null) {
        continue; // in no route
      }
      arrivals[number] = null; // frees its memory: nothing above is left to add to it

      NodeEdges node = known[number];
      if (node == null) {
        node = NodeEdges.of(rules, number);
        known[number] = node;
      }
      arrival.addTo(routes, node);
      node.incoming()
          .forEach((below, share) -> {
            Arrival next = arrivals[below];
            if (next == null) {
              next = new Arrival(routes.size());
              arrivals[below] = next;
            }
            next.add(arrival, share);
          });
    }
    return routes.stream().map(RouteInReverse::route).toList();
  }

  /**
   * A node with what flows into it.
   *
   * @param edges the same as edges between nodes, last first
   */
  private record NodeEdges(Node node, Incoming incoming, List<Edge> edges, boolean cancelling) {
    static NodeEdges of(Threshold rules, int number) {
      Node node = rules.graph().node(number);
      Incoming incoming = rules.incoming(number);
      List<Edge> edges = List.copyOf(rules.edges(node, incoming).reversed());
      return new NodeEdges(node, incoming, edges, rules.graph().cancelling(node));
    }

    double kept() {
      return node.isMadeOfParts() ? incoming.carried() : 1;
    }
  }

  /** What reaches a node from above: from which targets, a bit each, and how much from each. */
  private static final class Arrival {
    private long targets;
    private final double[] flow;

    Arrival(int nTargets) {
      flow = new double[nTargets];
    }

    static Arrival start(int target, int nTargets) {
      Arrival start = new Arrival(nTargets);
      start.targets = 1L << target;
      start.flow[target] = 1;
      return start;
    }

    void add(Arrival above, double share) {
      targets |= above.targets;
      for (int target = 0; target < flow.length; target++) {
        flow[target] += share * above.flow[target];
      }
    }

    void addTo(List<RouteInReverse> routes, NodeEdges node) {
      for (long left = targets; left != 0; left &= left - 1) {
        int target = Long.numberOfTrailingZeros(left);
        routes.get(target).add(node, flow[target]);
      }
    }
  }

  /** A route as the sweep meets it, from its target down to the tokens. */
  private static final class RouteInReverse {
    private final int position;
    private final List<Route.NodeFlow> nodes = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();
    private final List<Node> cancelling = new ArrayList<>();
    private final List<Node> stopped = new ArrayList<>();
    private LostFlow lost = LostFlow.NONE;

    RouteInReverse(int position) {
      this.position = position;
    }

    void add(NodeEdges node, double flow) {
      LostFlow lostHere = node.incoming().lost();
      nodes.add(new Route.NodeFlow(node.node(), flow, node.kept()));
      edges.addAll(node.edges());
      lost = lost.plus(lostHere, flow);
      if (lostHere.stopped() > 0) {
        stopped.add(node.node());
      }
      if (node.cancelling()) {
        cancelling.add(node.node());
      }
    }

    Route route() {
      return new Route(
          position,
          nodes.reversed(),
          edges.reversed(),
          lost,
          cancelling.reversed(),
          stopped.reversed());
    }
  }
}
