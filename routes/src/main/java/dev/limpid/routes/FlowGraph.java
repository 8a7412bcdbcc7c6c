package dev.limpid.routes;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.Transformer;
import java.util.ArrayList;
import java.util.List;
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
 */
public final class FlowGraph {
  /** The lowest threshold that short lists serve where all contributions are there as well. */
  private static final double LISTED = 0.01;

  private final ContributionOptions options;
  private final double finest;
  private final int nPositions;
  private final List<Node> nodes;
  private final List<LayerParts> layers;

  private FlowGraph(ContributionOptions options, double finest, List<LayerParts> layers) {
    this.options = options;
    this.finest = finest;
    this.nPositions = layers.getFirst().others().nPositions();
    this.nodes = nodes(layers.size(), nPositions);
    this.layers = layers;
  }

  /**
   * Makes the graph of one forward pass for all thresholds; the contributions must not be modified
   * afterwards.
   */
  public static FlowGraph of(Contributions contributions) {
    List<LayerParts> layers =
        contributions.layers().parallelStream()
            .map(layer -> new LayerParts(layer, LISTED, true))
            .toList();
    return new FlowGraph(contributions.options(), 0, layers);
  }

  /**
   * Makes the graph of one forward pass for thresholds from {@code finest} on, one layer after the
   * other: the contributions of no more than one layer are held at a time.
   *
   * @param finest the lowest threshold that routes will be extracted at, in [0, 1)
   * @param progress told after each layer how many are done
   */
  public static FlowGraph of(
      Transformer model,
      ForwardTrace trace,
      ContributionOptions options,
      double finest,
      IntConsumer progress) {
    requireThreshold(finest);
    List<LayerParts> layers = new ArrayList<>();
    for (int l = 0; l < trace.nLayers(); l++) {
      LayerContributions layer = Contributions.ofLayer(model, l, trace.layer(l), options);
      layers.add(new LayerParts(layer, finest, false));
      progress.accept(l + 1);
    }
    return new FlowGraph(options, finest, List.copyOf(layers));
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

  /** Returns the lowest threshold that routes can be extracted at; 0 for any. */
  public double finest() {
    return finest;
  }

  /** Returns T, the number of tokens. */
  public int nPositions() {
    return nPositions;
  }

  /** Returns L, the number of layers. */
  public int nLayers() {
    return layers.size();
  }

  /** Returns the number of nodes, T (1 + 3 L). */
  public int nNodes() {
    return nodes.size();
  }

  /** Returns the node with a number. */
  public Node node(int number) {
    return nodes.get(number);
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

  private static List<Node> nodes(int nLayers, int nPositions) {
    List<Node> nodes = new ArrayList<>();
    addRow(nodes, Node.Kind.TOKEN, 0, nPositions);
    for (int l = 0; l < nLayers; l++) {
      addRow(nodes, Node.Kind.AFTER_ATTENTION, l, nPositions);
      addRow(nodes, Node.Kind.MLP, l, nPositions);
      addRow(nodes, Node.Kind.AFTER_MLP, l, nPositions);
    }
    return List.copyOf(nodes);
  }

  private static void addRow(List<Node> nodes, Node.Kind kind, int layer, int nPositions) {
    for (int t = 0; t < nPositions; t++) {
      nodes.add(new Node(kind, layer, t));
    }
  }
}
