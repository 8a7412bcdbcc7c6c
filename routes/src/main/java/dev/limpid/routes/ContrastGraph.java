package dev.limpid.routes;

import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
import dev.limpid.routes.ContrastFlow.Amount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The {@link ContrastFlow} with everything it passes: how much of a logit, or of the difference of
 * two, goes through each node and each edge, towards and away.
 *
 * <p>In the column of the position explained, residual edges also carry what was written below
 * them, on its way to the logits. So at every node what comes in, and what is lost there, is what
 * goes out, and the last state holds all parts but the biases.
 *
 * @param nodes the ends of the edges, and the last state
 * @param edges the largest, in topological order
 * @param allNodes how many nodes there are with an amount
 * @param allEdges how many edges there are with an amount
 */
public record ContrastGraph(
    int position,
    List<NodeAmount> nodes,
    List<EdgeAmount> edges,
    double biases,
    Amount lost,
    int allNodes,
    long allEdges) {

  /** Copies the lists. */
  public ContrastGraph {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  /** What goes through a node. */
  public record NodeAmount(Node node, Amount amount) {}

  /** The kinds of edges, in their order between the same two nodes. */
  public enum Kind {
    /** All heads, from a key. */
    ATTENTION,
    /** What an MLP read. */
    MLP_IN,
    /** What an MLP wrote. */
    MLP_OUT,
    /** What stays. */
    RESIDUAL
  }

  /** What goes through an edge. */
  public record EdgeAmount(Node from, Node to, Kind kind, Amount amount) {
    /** Returns its size. */
    public double size() {
      return amount.towards() + amount.away();
    }
  }

  /**
   * Follows the parts of a logit.
   *
   * @param graph of the forward pass that the attribution is of, for all thresholds
   * @param maxEdges the most edges kept, of equals the first
   */
  public static ContrastGraph of(
      FlowGraph graph, DirectLogitAttribution attribution, int maxEdges) {
    return new Making(graph, attribution, maxEdges).graph();
  }

  /** One sweep over all nodes. */
  private static final class Making {
    private final FlowGraph graph;
    private final DirectLogitAttribution attribution;
    private final int target;
    private final ContrastFlow.Passing passing;
    private final int maxEdges;
    private final PriorityQueue<Numbered> largest;
    private long allEdges;

    /** An edge and its place in the order. */
    private record Numbered(EdgeAmount edge, long place) {}

    Making(FlowGraph graph, DirectLogitAttribution attribution, int maxEdges) {
      this.graph = graph;
      this.attribution = attribution;
      this.target = attribution.position();
      this.passing = ContrastFlow.passing(graph, attribution);
      this.maxEdges = maxEdges;
      this.largest =
          new PriorityQueue<>(
              Comparator.comparingDouble((Numbered n) -> n.edge.size())
                  .thenComparingLong(n -> -n.place));
    }

    ContrastGraph graph() {
      double[] towards = passing.towards().clone();
      double[] away = passing.away().clone();
      Threshold all = new Threshold(graph, ThresholdMode.RENORMALISED, 0);
      Amount written = signed(attribution.embedding());
      for (int number = 0; number < graph.nNodes(); number++) {
        Node node = graph.node(number);
        if (graph.oneNode() && node.kind() == Node.Kind.AFTER_ATTENTION) {
          continue; // no such state
        }
        Amount through = new Amount(passing.towards()[number], passing.away()[number]);
        Incoming incoming = all.incoming(number);
        boolean isOfTarget = node.position() == target;
        Amount[] parts = isOfTarget ? parts(node) : new Amount[0];
        addEdges(number, node, incoming, through, parts, isOfTarget ? written : NOTHING);
        if (isOfTarget) {
          for (Amount part : parts) {
            written = node.kind() == Node.Kind.MLP ? written : plus(written, part);
          }
          if (node.isMadeOfParts()) {
            towards[number] += written.towards();
            away[number] += written.away();
          } else if (node.kind() == Node.Kind.MLP) {
            towards[number] += parts[0].towards();
            away[number] += parts[0].away();
          }
        }
      }
      return new ContrastGraph(
          target,
          nodes(towards, away),
          edges(),
          attribution.biases(),
          passing.lost(),
          count(towards, away),
          allEdges);
    }

    /** What is written to this state itself adds to the logit: by each key, then by the MLP. */
    private Amount[] parts(Node node) {
      if (node.kind() == Node.Kind.TOKEN) {
        return new Amount[0];
      }
      LayerLogits layer = attribution.layers().get(node.layer());
      Amount mlp = signed(layer.mlp());
      if (node.kind() != graph.attentionKind()) {
        return new Amount[] {mlp};
      }
      Amount[] parts = new Amount[graph.oneNode() ? target + 2 : target + 1];
      for (int k = 0; k <= target; k++) {
        Amount sum = NOTHING;
        for (int h = 0; h < layer.nHeads(); h++) {
          sum = plus(sum, signed(layer.head(h, k)));
        }
        parts[k] = sum;
      }
      if (graph.oneNode()) {
        parts[target + 1] = mlp;
      }
      return parts;
    }

    private void addEdges(
        int number, Node node, Incoming incoming, Amount through, Amount[] parts, Amount written) {
      switch (node.kind()) {
        case TOKEN -> {
          return;
        }
        case MLP -> {
          Amount part = parts.length > 0 ? parts[0] : NOTHING;
          add(incoming.from()[0], number, Kind.MLP_IN, plus(part, through));
        }
        case AFTER_ATTENTION -> addWritten(number, keys(node, parts), incoming, through, parts);
        case AFTER_MLP -> {
          int[] sources = graph.oneNode() ? keys(node, parts) : new int[0];
          int[] all = Arrays.copyOf(sources, sources.length + 1);
          all[sources.length] = graph.number(Node.Kind.MLP, node);
          addWritten(number, all, incoming, through, parts);
        }
      }
      if (node.isMadeOfParts()) {
        int from =
            node.kind() == graph.attentionKind()
                ? graph.numberBelow(node.layer(), node.position())
                : graph.number(Node.Kind.AFTER_ATTENTION, node);
        add(from, number, Kind.RESIDUAL, plus(written, times(through, incoming.residual())));
      }
    }

    /** The states of all keys that the target looks at; of another position nobody asks. */
    private int[] keys(Node node, Amount[] parts) {
      return parts.length == 0
          ? new int[0]
          : IntStream.rangeClosed(0, node.position())
              .map(k -> graph.numberBelow(node.layer(), k))
              .toArray();
    }

    /**
     * Adds what was written to a state.
     *
     * @param all where it may have been read, ascending
     * @param parts what each itself adds to the logit; none away from the target
     */
    private void addWritten(
        int number, int[] all, Incoming incoming, Amount through, Amount[] parts) {
      int[] sources = parts.length == 0 ? incoming.from() : all;
      int next = 0;
      for (int i = 0; i < sources.length; i++) {
        boolean flows = next < incoming.from().length && incoming.from()[next] == sources[i];
        Amount flow = flows ? times(through, incoming.shares()[next++]) : NOTHING;
        Kind kind = graph.node(sources[i]).kind() == Node.Kind.MLP ? Kind.MLP_OUT : Kind.ATTENTION;
        add(sources[i], number, kind, plus(i < parts.length ? parts[i] : NOTHING, flow));
      }
    }

    private void add(int from, int to, Kind kind, Amount amount) {
      if (amount.towards() == 0 && amount.away() == 0) {
        return;
      }
      long place = allEdges++;
      double size = amount.towards() + amount.away();
      if (largest.size() < maxEdges || size > largest.element().edge.size()) {
        largest.add(
            new Numbered(new EdgeAmount(graph.node(from), graph.node(to), kind, amount), place));
        if (largest.size() > maxEdges) {
          largest.remove();
        }
      }
    }

    private List<EdgeAmount> edges() {
      return largest.stream()
          .sorted(Comparator.comparingLong(Numbered::place))
          .map(Numbered::edge)
          .toList();
    }

    private List<NodeAmount> nodes(double[] towards, double[] away) {
      TreeSet<Integer> numbers = new TreeSet<>();
      numbers.add(graph.lastState(target));
      for (Numbered kept : largest) {
        for (Node end : List.of(kept.edge.from, kept.edge.to)) {
          numbers.add(graph.number(end.kind(), end.layer(), end.position()));
        }
      }
      List<NodeAmount> nodes = new ArrayList<>();
      for (int number : numbers) {
        nodes.add(new NodeAmount(graph.node(number), new Amount(towards[number], away[number])));
      }
      return nodes;
    }

    private static int count(double[] towards, double[] away) {
      int n = 0;
      for (int i = 0; i < towards.length; i++) {
        n += towards[i] != 0 || away[i] != 0 ? 1 : 0;
      }
      return n;
    }

    private static final Amount NOTHING = new Amount(0, 0);

    private static Amount signed(double part) {
      return new Amount(Math.max(0, part), Math.max(0, -part));
    }

    private static Amount plus(Amount a, Amount b) {
      return new Amount(a.towards() + b.towards(), a.away() + b.away());
    }

    private static Amount times(Amount a, double share) {
      return new Amount(a.towards() * share, a.away() * share);
    }
  }
}
