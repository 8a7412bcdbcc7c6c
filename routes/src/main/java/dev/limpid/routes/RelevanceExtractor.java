package dev.limpid.routes;

import dev.limpid.attribution.gradients.LayerScores;
import dev.limpid.attribution.gradients.Relevance;
import dev.limpid.attribution.gradients.StateScores;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the route behind an answer: every term of attention and every MLP that brought at least a
 * share of it, and that can be reached downwards from the explained state over such terms; residual
 * connections are always open.
 *
 * @param threshold tau, in [0, 1): the least share of |m|; with 0 all that speaks for the answer
 */
public record RelevanceExtractor(Relevance relevance, double threshold) {
  /** Below this a number cannot be shared out: the answer is as far as nothing. */
  public static final double LEAST_VALUE = 1e-3;

  /** Checks the threshold, and that there is something to share out. */
  public RelevanceExtractor {
    FlowGraph.requireThreshold(threshold);
    if (!isShared(relevance.value())) {
      throw new IllegalArgumentException(
          "the number asked about is %s: nothing to share out".formatted(relevance.value()));
    }
  }

  /** Returns whether a number is large enough to have shares. */
  public static boolean isShared(double value) {
    return Math.abs(value) >= LEAST_VALUE;
  }

  /** Returns the route. */
  public RelevanceRoute route() {
    Walk walk = new Walk();
    BitSet reached = new BitSet();
    reached.set(relevance.position());
    for (int l = relevance.states().size() - 1; l >= 0; l--) {
      reached = walk.layer(l, reached);
    }
    reached.stream().boxed().toList().reversed().forEach(walk::token);
    return new RelevanceRoute(relevance.position(), walk.nodes.reversed(), walk.edges.reversed());
  }

  private boolean isShown(double score) {
    return score > 0 && score >= threshold * Math.abs(relevance.value());
  }

  private double share(double score) {
    return score / Math.abs(relevance.value());
  }

  /** What is met on the way down, the explained state first. */
  private final class Walk {
    private final List<Route.NodeFlow> nodes = new ArrayList<>();
    private final List<Edge> edges = new ArrayList<>();

    /** Takes the nodes of a layer at the positions reached; returns the positions below. */
    BitSet layer(int l, BitSet reached) {
      List<Integer> positions = reached.stream().boxed().toList().reversed();
      BitSet below = (BitSet) reached.clone();
      if (relevance.states().get(l).oneNode()) {
        positions.forEach(t -> afterBoth(l, t, below));
        positions.forEach(t -> mlp(l, t));
        return below;
      }
      positions.forEach(t -> afterMlp(l, t));
      positions.forEach(t -> mlp(l, t));
      positions.forEach(t -> afterAttention(l, t, below));
      return below;
    }

    /** Attention and MLP are parts of one state. */
    private void afterBoth(int l, int t, BitSet below) {
      StateScores states = relevance.states().get(l);
      Node node = new Node(Node.Kind.AFTER_MLP, l, t);
      add(node, states.post()[t]);
      edges.add(new Edge.Residual(below(l, t), node, share(states.midResidual()[t])));
      addMlpOut(l, t, node);
      addAttention(l, t, node, below);
    }

    private void afterMlp(int l, int t) {
      StateScores states = relevance.states().get(l);
      Node node = new Node(Node.Kind.AFTER_MLP, l, t);
      Node mid = new Node(Node.Kind.AFTER_ATTENTION, l, t);
      add(node, states.post()[t]);
      edges.add(new Edge.Residual(mid, node, share(states.postResidual()[t])));
      addMlpOut(l, t, node);
    }

    private void addMlpOut(int l, int t, Node node) {
      double mlp = relevance.components().layers().get(l).mlp()[t];
      if (isShown(mlp)) {
        edges.add(new Edge.MlpOut(new Node(Node.Kind.MLP, l, t), node, share(mlp)));
      }
    }

    private void mlp(int l, int t) {
      double mlp = relevance.components().layers().get(l).mlp()[t];
      if (isShown(mlp)) {
        Node node = new Node(Node.Kind.MLP, l, t);
        add(node, mlp);
        boolean oneNode = relevance.states().get(l).oneNode();
        Node read = oneNode ? below(l, t) : new Node(Node.Kind.AFTER_ATTENTION, l, t);
        edges.add(new Edge.MlpIn(read, node, share(mlp)));
      }
    }

    private void afterAttention(int l, int q, BitSet below) {
      StateScores states = relevance.states().get(l);
      Node node = new Node(Node.Kind.AFTER_ATTENTION, l, q);
      add(node, states.mid()[q]);
      edges.add(new Edge.Residual(below(l, q), node, share(states.midResidual()[q])));
      addAttention(l, q, node, below);
    }

    private void addAttention(int l, int q, Node node, BitSet below) {
      for (int k = q; k >= 0; k--) {
        List<Edge.Head> heads = heads(l, q, k);
        if (!heads.isEmpty()) {
          double weight = heads.stream().mapToDouble(Edge.Head::contribution).sum();
          edges.add(new Edge.Attention(below(l, k), node, weight, heads));
          below.set(k);
        }
      }
    }

    private List<Edge.Head> heads(int l, int q, int k) {
      LayerScores layer = relevance.components().layers().get(l);
      List<Edge.Head> heads = new ArrayList<>();
      for (int h = 0; h < layer.attention().dim(0); h++) {
        double score = layer.attention().get(h, q, k);
        if (isShown(score)) {
          heads.add(new Edge.Head(h, share(score)));
        }
      }
      heads.sort(Comparator.comparingDouble(head -> -head.contribution()));
      return heads;
    }

    private void token(int t) {
      add(new Node(Node.Kind.TOKEN, 0, t), relevance.tokens().values()[t]);
    }

    private void add(Node node, double score) {
      nodes.add(new Route.NodeFlow(node, share(score), 1));
    }

    private Node below(int l, int t) {
      return l == 0 ? new Node(Node.Kind.TOKEN, 0, t) : new Node(Node.Kind.AFTER_MLP, l - 1, t);
    }
  }
}
