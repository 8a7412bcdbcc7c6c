package dev.limpid.routes;

import dev.limpid.attribution.NodeShares;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * The rules by which parts of a node are dropped or kept.
 *
 * @param tau parts must be above it
 */
record Threshold(FlowGraph graph, ThresholdMode mode, double tau) {

  /** Returns what flows into a node. */
  Incoming incoming(int number) {
    Node node = graph.node(number);
    return switch (node.kind()) {
      case TOKEN -> Incoming.NONE;
      case AFTER_ATTENTION -> afterAttention(node);
      case MLP -> Incoming.all(graph.number(Node.Kind.AFTER_ATTENTION, node));
      case AFTER_MLP -> afterMlp(node);
    };
  }

  private Incoming afterAttention(Node node) {
    NodeShares others = graph.layer(node).shares();
    int q = node.position();
    KeyRow keys = graph.layer(node).keys(q, tau);
    int[] from = new int[keys.size()];
    for (int i = 0; i < from.length; i++) {
      from[i] = graph.numberBelow(node.layer(), keys.key(i));
    }
    int self = from.length - 1;
    double residual = others.attentionResidual().get(q);
    double own = keys.summed(self) + residual;
    IntToDoubleFunction survivors =
        switch (mode) {
          case RENORMALISED -> i -> headsAbove(keys, i);
          case RAW ->
              i -> {
                double summed = keys.summed(i);
                return keep(summed, i == self ? own : summed);
              };
        };
    double testedResidual = mode == ThresholdMode.RAW ? own : residual;
    Incoming incoming =
        Incoming.of(
            mode,
            from,
            survivors,
            graph.numberBelow(node.layer(), q),
            keep(residual, testedResidual),
            keep(others.attentionBias().get(q)));
    return graph.cancelling(node) ? incoming.cancelling() : incoming;
  }

  private Incoming afterMlp(Node node) {
    NodeShares parts = graph.layer(node).shares();
    int t = node.position();
    Incoming incoming =
        Incoming.of(
            mode,
            new int[] {graph.number(Node.Kind.MLP, node)},
            i -> keep(parts.mlp().get(t)),
            graph.number(Node.Kind.AFTER_ATTENTION, node),
            keep(parts.mlpResidual().get(t)),
            keep(parts.mlpBias().get(t)));
    return graph.cancelling(node) ? incoming.cancelling() : incoming;
  }

  /** Returns what flows into a node as edges, the residual last. */
  List<Edge> edges(Node to, Incoming incoming) {
    List<Edge> edges = new ArrayList<>(incoming.from().length + 1);
    for (int i = 0; i < incoming.from().length; i++) {
      Node from = graph.node(incoming.from()[i]);
      double share = incoming.shares()[i];
      edges.add(
          switch (to.kind()) {
            case TOKEN -> throw new IllegalArgumentException("nothing flows into token " + to);
            case AFTER_ATTENTION ->
                new Edge.Attention(from, to, share, heads(from, to, incoming.divisor()));
            case MLP -> new Edge.MlpIn(from, to, mlpOutWeight(to));
            case AFTER_MLP -> new Edge.MlpOut(from, to, share);
          });
    }
    if (incoming.residual() > 0) {
      Node from = graph.node(incoming.residualFrom());
      edges.add(new Edge.Residual(from, to, incoming.residual()));
    }
    return edges;
  }

  private double mlpOutWeight(Node mlp) {
    return incoming(graph.number(Node.Kind.AFTER_MLP, mlp)).shares()[0];
  }

  private List<Edge.Head> heads(Node key, Node query, double divisor) {
    KeyRow keys = graph.layer(query).keys(query.position(), tau);
    int i = keys.indexOf(key.position());
    List<Edge.Head> heads = new ArrayList<>();
    for (int h = 0; h < keys.nHeads(); h++) {
      double contribution = keys.contribution(i, h);
      double kept = mode == ThresholdMode.RENORMALISED ? keep(contribution) : contribution;
      if (kept > 0) {
        heads.add(new Edge.Head(h, kept / divisor));
      }
    }
    heads.sort(Comparator.comparingDouble(head -> -head.contribution()));
    return heads;
  }

  private double headsAbove(KeyRow keys, int i) {
    double sum = 0;
    for (int h = 0; h < keys.nHeads(); h++) {
      sum += keep(keys.contribution(i, h));
    }
    return sum;
  }

  private double keep(double contribution) {
    return keep(contribution, contribution);
  }

  private double keep(double contribution, double tested) {
    return tested > tau ? contribution : 0;
  }
}
