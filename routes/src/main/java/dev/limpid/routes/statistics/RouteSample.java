package dev.limpid.routes.statistics;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What statistics take of the route of one position of one prompt, in whole numbers: of the flows
 * and weights as the JSON document of the route has them, so that any reader of it can check them.
 *
 * <p>Amounts are multiples of 10^-12, products of a flow and a weight, unless said otherwise.
 */
public final class RouteSample {
  /** One, in the unit of products. */
  static final double WHOLE = 1e12;

  /**
   * Where a sample is from, and what of it is shown as an example.
   *
   * @param prompt its number in its corpus, from 0
   * @param position the target
   * @param opensPrompt true for exactly one sample of each prompt
   * @param text of the prompt, shortened; null where there is none
   */
  public record Origin(long prompt, int position, boolean opensPrompt, @Nullable String text) {}

  /**
   * What the lens reads in the target's state behind each layer.
   *
   * @param top whether the model's own next token is on top, [L]
   * @param entropy in nats, [L]
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Lens(boolean[] top, double[] entropy) {}

  /**
   * What the neurons brought to the target.
   *
   * @param strongest the eight that contributed most to each MLP, [L][8]
   * @param contributions [L][F]
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Neurons(int[][] strongest, float[][] contributions) {}

  final Origin origin;
  final Lens lens;
  final @Nullable Neurons neurons;
  final BitSet headsOn = new BitSet();
  final long[] headFlow; // [L H]
  final long[] reads; // [4][L H]
  final long[] distances; // [buckets][L H]
  final BitSet mlpsOn = new BitSet();
  final long[] mlpFlow; // [L], millionths
  final long[] parts; // [residual, attention, mlp residual][L]
  final long[] sources; // [4 relations and lost], millionths

  private RouteSample(
      Origin origin, Lens lens, @Nullable Neurons neurons, StatisticsShape shape, int buckets) {
    this.origin = origin;
    this.lens = lens;
    this.neurons = neurons;
    this.headFlow = new long[shape.heads()];
    this.reads = new long[Relation.COUNT * shape.heads()];
    this.distances = new long[buckets * shape.heads()];
    this.mlpFlow = new long[shape.nLayers()];
    this.parts = new long[Part.COUNT * shape.nLayers()];
    this.sources = new long[Relation.COUNT + 1];
  }

  /** What a state is made of, beside MLPs. */
  enum Part {
    RESIDUAL(0),
    ATTENTION(1),
    MLP_RESIDUAL(2);

    static final int COUNT = 3;

    private final int row;

    Part(int row) {
      this.row = row;
    }

    int row() {
      return row;
    }
  }

  /**
   * Takes a route.
   *
   * @param neurons null where they are not asked for
   */
  public static RouteSample of(
      Origin origin, Route route, Lens lens, @Nullable Neurons neurons, StatisticsShape shape) {
    int buckets = Distance.bucket(route.position()) + 1;
    RouteSample sample = new RouteSample(origin, lens, neurons, shape, buckets);
    Map<Node, Long> flows = new HashMap<>();
    for (Route.NodeFlow node : route.nodes()) {
      long flow = Millionths.of(node.flow());
      flows.put(node.node(), flow);
      sample.node(node.node(), flow, route.position());
    }
    for (Edge edge : route.edges()) {
      sample.edge(edge, flows.getOrDefault(edge.to(), 0L), shape);
    }
    sample.sources[Relation.COUNT] =
        Millionths.of(route.lostFlow().stopped())
            + Millionths.of(route.lostFlow().belowThreshold())
            + Millionths.of(route.lostFlow().bias());
    return sample;
  }

  private void node(Node node, long flow, int target) {
    switch (node.kind()) {
      case TOKEN -> sources[Relation.of(node.position(), target).row()] += flow;
      case MLP -> {
        mlpFlow[node.layer()] += flow;
        mlpsOn.set(node.layer());
      }
      case AFTER_ATTENTION, AFTER_MLP -> {}
    }
  }

  private void edge(Edge edge, long flow, StatisticsShape shape) {
    int layer = edge.to().layer();
    switch (edge) {
      case Edge.Residual residual -> {
        boolean isAtMlp = residual.to().kind() == Node.Kind.AFTER_MLP && !shape.parallel();
        add(isAtMlp ? Part.MLP_RESIDUAL : Part.RESIDUAL, layer, shape, flow, residual.weight());
      }
      case Edge.Attention attention -> {
        add(Part.ATTENTION, layer, shape, flow, attention.weight());
        attention(attention, flow, shape);
      }
      case Edge.MlpIn _, Edge.MlpOut _ -> {}
    }
  }

  private void add(Part part, int layer, StatisticsShape shape, long flow, double weight) {
    parts[part.row() * shape.nLayers() + layer] += flow * Millionths.of(weight);
  }

  private void attention(Edge.Attention edge, long flow, StatisticsShape shape) {
    int key = edge.from().position();
    int query = edge.to().position();
    int relation = Relation.of(key, query).row() * shape.heads();
    int bucket = Distance.bucket(query - key) * shape.heads();
    for (Edge.Head head : edge.heads()) {
      int number = edge.to().layer() * shape.nHeads() + head.head();
      long amount = flow * Millionths.of(head.contribution());
      headsOn.set(number);
      headFlow[number] += amount;
      reads[relation + number] += amount;
      distances[bucket + number] += amount;
    }
  }

  /** Returns how much of the target's state flowed through each head, [L H]; layer by layer. */
  public double[] headFlows() {
    double[] flows = new double[headFlow.length];
    for (int i = 0; i < flows.length; i++) {
      flows[i] = headFlow[i] / WHOLE;
    }
    return flows;
  }
}
