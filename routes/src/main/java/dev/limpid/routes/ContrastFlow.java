package dev.limpid.routes;

import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much of one logit, or of the difference of two, came from each token: routes towards an
 * answer and away from it (after the idea of ALTI-Logit, Ferrando et al. 2023).
 *
 * <p>Every part of the {@link DirectLogitAttribution} is given to the state it was read from: that
 * of a head and a key to the key's state below, that of an MLP to the state in front of it, that of
 * the embedding to its token. From there it flows down by the ordinary contributions, all
 * connections kept; what raises the logit and what lowers it flow apart. So
 *
 * <pre>
 *   sum over tokens of (towards - away)  +  biases  +  lost  =  the logit
 * </pre>
 *
 * <p>Unlike a {@link Route}, this depends on the tokens asked about.
 *
 * @param position whose prediction is explained
 * @param tokens what arrives at each token, [T]
 * @param biases what the biases add themselves
 * @param lost what arrives at no token: at cancelling nodes, and the share of biases in states,
 *     where they are parts of their own
 */
public record ContrastFlow(int position, List<Amount> tokens, double biases, Amount lost) {

  /** Copies the list. */
  public ContrastFlow {
    tokens = List.copyOf(tokens);
  }

  /**
   * An amount of a logit.
   *
   * @param towards what raises it, at least 0
   * @param away what lowers it, at least 0
   */
  public record Amount(double towards, double away) {
    /** Returns towards - away. */
    public double net() {
      return towards - away;
    }
  }

  /**
   * Lets the parts of a logit flow down to the tokens.
   *
   * @param graph of the forward pass that the attribution is of
   */
  public static ContrastFlow of(FlowGraph graph, DirectLogitAttribution attribution) {
    if (attribution.layers().size() != graph.nLayers()
        || attribution.position() >= graph.nPositions()) {
      throw new IllegalArgumentException(
          "the graph has %d layers and %d positions, the attribution %d layers and position %d"
              .formatted(
                  graph.nLayers(),
                  graph.nPositions(),
                  attribution.layers().size(),
                  attribution.position()));
    }
    Passing passing = passing(graph, attribution);
    List<Amount> tokens =
        IntStream.range(0, graph.nPositions())
            .mapToObj(t -> new Amount(passing.towards[t], passing.away[t]))
            .toList();
    return new ContrastFlow(attribution.position(), tokens, attribution.biases(), passing.lost);
  }

  /**
   * What passes through every node, by its number.
   *
   * @param towards what raises the logit; to be read, not modified
   * @param away what lowers it; to be read, not modified
   * @param lost what arrives at no token
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Passing(double[] towards, double[] away, Amount lost) {}

  /** Lets the parts of a logit flow down, and returns what passes through every node. */
  public static Passing passing(FlowGraph graph, DirectLogitAttribution attribution) {
    RouteExtractor allEdges = new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0);
    double[] towards = parts(graph, attribution, 1);
    double[] away = parts(graph, attribution, -1);
    Amount lost = new Amount(allEdges.flowDown(towards).total(), allEdges.flowDown(away).total());
    return new Passing(towards, away, lost);
  }

  /** Returns the sum of all amounts: the logit, or difference of logits, up to rounding. */
  public double sum() {
    return tokens.stream().mapToDouble(Amount::net).sum() + biases + lost.net();
  }

  /** The size of all parts of one sign, by number of the node they were read from. */
  private static double[] parts(FlowGraph graph, DirectLogitAttribution attribution, int sign) {
    double[] amounts = new double[graph.nNodes()];
    int t = attribution.position();
    for (int l = 0; l < graph.nLayers(); l++) {
      LayerLogits layer = attribution.layers().get(l);
      for (int k = 0; k <= t; k++) {
        for (int h = 0; h < layer.nHeads(); h++) {
          amounts[graph.numberBelow(l, k)] += Math.max(0, sign * layer.head(h, k));
        }
      }
      amounts[graph.readByMlp(l, t)] += Math.max(0, sign * layer.mlp());
    }
    amounts[graph.number(Node.Kind.TOKEN, 0, t)] += Math.max(0, sign * attribution.embedding());
    return amounts;
  }
}
