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
      case MLP -> Incoming.all(graph.readByMlp(node.layer(), node.position()));
      case AFTER_MLP -> graph.oneNode() ? afterBoth(node) : afterMlp(node);
    };
  }

  private Incoming afterAttention(Node node) {
    NodeShares others = graph.layer(node).shares();
    int q = node.position();
    KeyRow keys = graph.layer(node).keys(q, tau);
    Incoming incoming =
        Incoming.of(
            mode,
            from(node, keys, 0),
            survivors(others, q, keys),
            graph.numberBelow(node.layer(), q),
            keep(others.attentionResidual().get(q), testedResidual(others, q, keys)),
            keep(others.attentionBias().get(q)));
    return graph.cancelling(node) ? incoming.cancelling() : incoming;
  }

  /** Attention and MLP are parts of one state: every key, then the MLP. */
  private Incoming afterBoth(Node node) {
    NodeShares others = graph.layer(node).shares();
    int q = node.position();
    KeyRow keys = graph.layer(node).keys(q, tau);
    int[] from = from(node, keys, 1);
    int mlp = from.length - 1;
    from[mlp] = graph.number(Node.Kind.MLP, node);
    IntToDoubleFunction ofKeys = survivors(others, q, keys);
    Incoming incoming =
        Incoming.of(
            mode,
            from,
            i -> i == mlp ? keep(others.mlp().get(q)) : ofKeys.applyAsDouble(i),
            graph.numberBelow(node.layer(), q),
            keep(others.attentionResidual().get(q), testedResidual(others, q, keys)),
            keep(others.attentionBias().get(q)) + keep(others.mlpBias().get(q)));
    return graph.cancelling(node) ? incoming.cancelling() : incoming;
  }

  /** The numbers of the states that keys stand for, and room for some more. */
  private int[] from(Node node, KeyRow keys, int more) {
    int[] from = new int[keys.size() + more];
    for (int i = 0; i < keys.size(); i++) {
      from[i] = graph.numberBelow(node.layer(), keys.key(i));
    }
    return from;
  }

  private IntToDoubleFunction survivors(NodeShares others, int q, KeyRow keys) {
    int self = keys.size() - 1;
    double own = keys.summed(self) + others.attentionResidual().get(q);
    return switch (mode) {
      case RENORMALISED -> i -> headsAbove(keys, i);
      case RAW ->
          i -> {
            double summed = keys.summed(i);
            return keep(summed, i == self ? own : summed);
          };
    };
  }

  private double testedResidual(NodeShares others, int q, KeyRow keys) {
    double residual = others.attentionResidual().get(q);
    return mode == ThresholdMode.RAW ? keys.summed(keys.size() - 1) + residual : residual;
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

  /** Returns what flows into a node as edges: from below, then from the MLP; the residual last. */
  List<Edge> edges(Node to, Incoming incoming) {
    List<Edge> edges = new ArrayList<>(incoming.from().length + 1);
    for (int i = 0; i < incoming.from().length; i++) {
      Node from = graph.node(incoming.from()[i]);
      double share = incoming.shares()[i];
      edges.add(
          switch (to.kind()) {
            case TOKEN -> throw new IllegalArgumentException("nothing flows into token " + to);
            case MLP -> new Edge.MlpIn(from, to, mlpOutWeight(to));
            case AFTER_ATTENTION, AFTER_MLP ->
                from.kind() == Node.Kind.MLP
                    ? new Edge.MlpOut(from, to, share)
                    : new Edge.Attention(from, to, share, heads(from, to, incoming.divisor()));
          });
    }
    if (incoming.residual() > 0) {
      Node from = graph.node(incoming.residualFrom());
      Edge residual = new Edge.Residual(from, to, incoming.residual());
      boolean isBelow =
          graph.oneNode() && !edges.isEmpty() && edges.getLast() instanceof Edge.MlpOut;
      edges.add(isBelow ? edges.size() - 1 : edges.size(), residual);
    }
    return edges;
  }

  private double mlpOutWeight(Node mlp) {
    Incoming above = incoming(graph.number(Node.Kind.AFTER_MLP, mlp));
    return above.shares()[above.shares().length - 1]; // the MLP comes behind all keys
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
