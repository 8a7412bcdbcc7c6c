package dev.limpid.routes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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
 * @param threshold tau, in [0, 1); 0 keeps every part that contributed anything
 */
public record RouteExtractor(FlowGraph graph, ThresholdMode mode, double threshold) {

  /** Checks the threshold. */
  public RouteExtractor {
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "the threshold is " + threshold + ", it must be in [0, 1)");
    }
  }

  /** Returns the route of one position. */
  public Route route(int position) {
    requirePosition(position);
    return sweep(position, position + 1).getFirst();
  }

  /** Returns the routes of all positions, in order. */
  public List<Route> routes() {
    return sweep(0, graph.nPositions());
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

  /** Extracts the routes of the positions from (inclusive) to (exclusive). */
  private List<Route> sweep(int from, int to) {
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

      Node node = graph.node(number);
      Incoming incoming = rules.incoming(number);
      List<Edge> edges = rules.edges(node, incoming);
      boolean cancelling = graph.cancelling(node);
      arrival.forEach(
          (target, flow) -> routes.get(target).add(node, flow, edges, incoming.lost(), cancelling));
      incoming.forEach((below, share) -> {
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

  /** What reaches a node from above: from which targets, and how much flow from each. */
  private static final class Arrival {
    private final BitSet targets;
    private final double[] flow;

    Arrival(int nTargets) {
      targets = new BitSet(nTargets);
      flow = new double[nTargets];
    }

    static Arrival start(int target, int nTargets) {
      Arrival start = new Arrival(nTargets);
      start.targets.set(target);
      start.flow[target] = 1;
      return start;
    }

    void add(Arrival above, double share) {
      targets.or(above.targets);
      above.forEach((target, amount) -> flow[target] += share * amount);
    }

    void forEach(Incoming.Visitor visitor) {
      for (int i = targets.nextSetBit(0); i >= 0; i = targets.nextSetBit(i + 1)) {
        visitor.visit(i, flow[i]);
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

    void add(Node node, double flow, List<Edge> incoming, LostFlow lostHere, boolean cancels) {
      nodes.add(new Route.NodeFlow(node, flow));
      edges.addAll(incoming.reversed());
      lost = lost.plus(lostHere, flow);
      if (lostHere.stopped() > 0) {
        stopped.add(node);
      }
      if (cancels) {
        cancelling.add(node);
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
