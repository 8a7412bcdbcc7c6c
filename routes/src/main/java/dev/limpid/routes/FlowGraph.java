package dev.limpid.routes;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.Transformer;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * All nodes of one forward pass, numbered in topological order, and what each is made of. Immutable
 * and the same for all thresholds.
 *
 * <p>For every node after attention it holds the keys that matter: at most 1/tau keys can be above
 * a threshold tau, so moving it costs a scan of a short list. Made from a trace, layer by layer, it
 * holds nothing else, and so little that long prompts fit: O(L T (D + H / tau)) numbers with the
 * trace's residual states. Made from {@link Contributions}, it refers to them for lower thresholds.
 *
 * <pre>
 *   number    0 .. T-1   T .. 2T-1   2T .. 3T-1   3T .. 4T-1   4T .. 5T-1     ..
 *   node      X0_t       A0_t        M0_t         I0_t         A1_t           ..
 * </pre>
 *
 * <p>Where attention and MLP stand side by side there is one sum a layer, I: the numbers of A
 * belong to no node, and nothing reaches them.
 */
public final class FlowGraph {
  /** The lowest threshold that short lists serve where all contributions are there as well. */
  private static final double LISTED = 0.01;

  private final ContributionOptions options;
  private final double finest;
  private final int threads;
  private final int nPositions;
  private final List<LayerParts> layers;

  /**
   * Puts a graph together.
   *
   * @param finest the lowest threshold it serves
   * @param threads how many threads may work on its routes
   */
  FlowGraph(ContributionOptions options, double finest, int threads, List<LayerParts> layers) {
    this.options = options;
    this.finest = finest;
    this.threads = threads;
    this.nPositions = layers.getFirst().shares().nPositions();
    this.layers = layers;
  }

  /**
   * Makes the graph of one forward pass for all thresholds, on as many threads as there are
   * processors; the contributions must not be modified afterwards.
   */
  public static FlowGraph of(Contributions contributions) {
    return of(contributions, Runtime.getRuntime().availableProcessors());
  }

  /**
   * Makes the graph of one forward pass for all thresholds; the contributions must not be modified
   * afterwards.
   *
   * @param threads how many threads may work on it, and later on its routes; at least 1
   */
  public static FlowGraph of(Contributions contributions, int threads) {
    List<LayerContributions> layers = contributions.layers();
    if (layers.stream().anyMatch(layer -> layer.shares().isChanged())) {
      throw new IllegalArgumentException(
          "the flow graph of a run with interventions: take that of the run without them");
    }
    List<LayerParts> parts =
        Threads.map(threads, layers.size(), l -> LayerParts.of(layers.get(l), LISTED, true));
    return new FlowGraph(contributions.options(), 0, threads, parts);
  }

  /**
   * Makes the graph of one forward pass for thresholds from {@code finest} on, one layer after the
   * other: the contributions of no more than one layer are held at a time. {@link FlowGraphBuilder}
   * does so while the pass runs.
   *
   * @param trace of a run without interventions
   * @param finest the lowest threshold that routes will be extracted at, in [0, 1)
   * @param progress told after each layer how many are done
   */
  public static FlowGraph of(
      Transformer model,
      ForwardTrace trace,
      ContributionOptions options,
      double finest,
      IntConsumer progress) {
    trace.requireUnchanged("the flow graph");
    FlowGraphBuilder builder = new FlowGraphBuilder(model, options, finest);
    for (int l = 0; l < trace.nLayers(); l++) {
      builder.layer(l, trace.layer(l));
      progress.accept(l + 1);
    }
    return builder.graph();
  }

  static void requireThreshold(double threshold) {
    if (!(threshold >= 0 && threshold < 1)) {
      throw new IllegalArgumentException(
          "the threshold is " + threshold + ", it must be in [0, 1)");
    }
  }

  /** Returns how the contributions were computed. */
  public ContributionOptions options() {
    return options;
  }

  /** Returns about how much memory it takes. */
  public long bytes() {
    return layers.stream().mapToLong(LayerParts::bytes).sum();
  }

  /** Returns the lowest threshold that routes can be extracted at; 0 for any. */
  public double finest() {
    return finest;
  }

  /** Returns how many threads may work on its routes. */
  int threads() {
    return threads;
  }

  /** Returns T, the number of tokens. */
  public int nPositions() {
    return nPositions;
  }

  /** Returns L, the number of layers. */
  public int nLayers() {
    return layers.size();
  }

  /** Returns whether attention and MLP are parts of one state, so that there is none between. */
  public boolean oneNode() {
    return layers.getFirst().shares().oneNode();
  }

  /** Returns the kind of the states that attention writes to. */
  public Node.Kind attentionKind() {
    return oneNode() ? Node.Kind.AFTER_MLP : Node.Kind.AFTER_ATTENTION;
  }

  /** Returns the number of the state that an MLP reads. */
  int readByMlp(int layer, int position) {
    return oneNode()
        ? numberBelow(layer, position)
        : number(Node.Kind.AFTER_ATTENTION, layer, position);
  }

  /** Returns how many numbers nodes have, T (1 + 3 L). */
  public int nNodes() {
    return nPositions * (1 + 3 * layers.size());
  }

  /**
   * Returns the node with a number.
   *
   * @throws IndexOutOfBoundsException if there is none
   */
  public Node node(int number) {
    int row = Objects.checkIndex(number, nNodes()) / nPositions;
    Node.Kind kind =
        row == 0
            ? Node.Kind.TOKEN
            : switch ((row - 1) % 3) {
              case 0 -> Node.Kind.AFTER_ATTENTION;
              case 1 -> Node.Kind.MLP;
              default -> Node.Kind.AFTER_MLP;
            };
    return new Node(kind, row == 0 ? 0 : (row - 1) / 3, number % nPositions);
  }

  /** Returns the number of a node; a layer is ignored for tokens. */
  public int number(Node.Kind kind, int layer, int position) {
    int row =
        switch (kind) {
          case TOKEN -> 0;
          case AFTER_ATTENTION -> 3 * layer + 1;
          case MLP -> 3 * layer + 2;
          case AFTER_MLP -> 3 * layer + 3;
        };
    return row * nPositions + position;
  }

  /** Returns the number of another kind of node at a node's layer and position. */
  int number(Node.Kind kind, Node at) {
    return number(kind, at.layer(), at.position());
  }

  /** Returns the number of a position's last state, which its prediction is read from. */
  public int lastState(int position) {
    return number(Node.Kind.AFTER_MLP, nLayers() - 1, position);
  }

  /** Returns the number of the state that layer reads at a position: a token or an AFTER_MLP. */
  int numberBelow(int layer, int position) {
    return layer == 0 ? position : number(Node.Kind.AFTER_MLP, layer - 1, position);
  }

  /** Returns whether the parts of a node only cancel one another. */
  boolean cancelling(Node node) {
    return switch (node.kind()) {
      case TOKEN, MLP -> false;
      case AFTER_ATTENTION -> layer(node).attentionCancels(node.position());
      case AFTER_MLP -> layer(node).mlpCancels(node.position());
    };
  }

  /** Returns what the nodes of a node's layer are made of. */
  LayerParts layer(Node node) {
    return layers.get(node.layer());
  }
}
