package dev.limpid.routes.circuit;

import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.attribution.gradients.ComponentScores;
import dev.limpid.attribution.gradients.LayerScores;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.LayerTrace;
import dev.limpid.routes.ContrastFlow;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.Node;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * How much every component matters, by number of the component: the larger, the earlier it is in a
 * circuit.
 */
public final class CircuitScores {
  private final Components components;

  /** Creates the scores of components. */
  public CircuitScores(Components components) {
    this.components = components;
  }

  /**
   * Returns the flow of the state that each writes to times its contribution to it, all edges kept.
   */
  public double[] flow(FlowGraph graph, Contributions contributions) {
    double[] flow = new double[graph.nNodes()];
    flow[graph.lastState(components.target())] = 1;
    new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0).flowDown(flow);
    return through(graph, contributions, flow);
  }

  /**
   * Returns how much of the logit, or difference of logits, goes through each towards the answer
   * and away from it, what it adds itself included.
   */
  public double[] contrast(
      FlowGraph graph, Contributions contributions, DirectLogitAttribution split) {
    ContrastFlow.Passing passing = ContrastFlow.passing(graph, split);
    double[] both = passing.towards().clone();
    for (int i = 0; i < both.length; i++) {
      both[i] += passing.away()[i];
    }
    double[] scores = through(graph, contributions, both);
    double[] own = direct(split);
    for (int i = 0; i < scores.length; i++) {
      scores[i] += own[i];
    }
    return scores;
  }

  /** Returns the size of what each adds to the logit itself; 0 away from the target. */
  public double[] direct(DirectLogitAttribution split) {
    double[] scores = new double[components.size()];
    int t = components.target();
    for (int l = 0; l < components.nLayers(); l++) {
      LayerLogits layer = split.layers().get(l);
      for (int h = 0; h < components.nHeads(); h++) {
        for (int k = 0; k <= t; k++) {
          scores[components.term(l, h, t, k)] = Math.abs(layer.head(h, k));
        }
      }
    }
    components.forEachMlp(
        (number, l, q) -> scores[number] = q == t ? Math.abs(split.layers().get(l).mlp()) : 0);
    return scores;
  }

  /** Returns attention weights; MLPs have none. */
  public double[] attention(ForwardTrace trace) {
    double[] scores = new double[components.size()];
    List<LayerTrace> layers = new ArrayList<>();
    for (int l = 0; l < components.nLayers(); l++) {
      layers.add(trace.layer(l).toHeap());
    }
    components.forEachTerm(
        (number, l, h, q, k) -> scores[number] = layers.get(l).pattern().get(h, q, k));
    return scores;
  }

  /** Returns scores that gradients give, as they are: signed. */
  public double[] of(ComponentScores gradients) {
    double[] scores = new double[components.size()];
    List<LayerScores> layers = gradients.layers();
    components.forEachTerm(
        (number, l, h, q, k) -> scores[number] = layers.get(l).attention().get(h, q, k));
    components.forEachMlp((number, l, q) -> scores[number] = layers.get(l).mlp()[q]);
    return scores;
  }

  /** Returns an order by chance. */
  public double[] random(long seed) {
    return new Random(seed).doubles(components.size()).toArray();
  }

  /**
   * Returns the width of each: the largest, over paths from the target down to it, of the least
   * contribution on the path, its own included. A threshold tau keeps what is wider than tau.
   */
  public double[] width(Contributions contributions) {
    int n = components.nPositions();
    double[] widths = new double[components.size()];
    double[] state = new double[n];
    state[components.target()] = Double.POSITIVE_INFINITY;
    for (int l = components.nLayers() - 1; l >= 0; l--) {
      LayerContributions layer = contributions.layers().get(l);
      NodeShares shares = layer.shares();
      double[] mid = new double[n];
      double[] below = new double[n];
      for (int q = 0; q < n; q++) {
        double mlp = Math.min(state[q], shares.mlp().get(q));
        mid[q] =
            shares.oneNode()
                ? state[q]
                : Math.max(mlp, Math.min(state[q], shares.mlpResidual().get(q)));
        below[q] = shares.oneNode() ? mlp : 0;
        if (components.withMlps() && q >= components.first(l)) {
          widths[components.mlp(l, q)] = mlp;
        }
      }
      for (int q = 0; q < n; q++) {
        below[q] = Math.max(below[q], Math.min(mid[q], shares.attentionResidual().get(q)));
        for (int h = 0; q >= components.first(l) && h < components.nHeads(); h++) {
          for (int k = 0; k <= q; k++) {
            double width = Math.min(mid[q], layer.attention(q, k, h));
            widths[components.term(l, h, q, k)] = width;
            below[k] = Math.max(below[k], width);
          }
        }
      }
      state = below;
    }
    return widths;
  }

  /** What goes through the state that each writes to, times its contribution. */
  private double[] through(FlowGraph graph, Contributions contributions, double[] amounts) {
    double[] scores = new double[components.size()];
    List<LayerContributions> layers = contributions.layers();
    components.forEachTerm((number, l, h, q, k) ->
        scores[number] =
            amounts[graph.number(graph.attentionKind(), l, q)] * layers.get(l).attention(q, k, h));
    components.forEachMlp((number, l, q) ->
        scores[number] =
            amounts[graph.number(Node.Kind.AFTER_MLP, l, q)] * layers.get(l).shares().mlp().get(q));
    return scores;
  }
}
