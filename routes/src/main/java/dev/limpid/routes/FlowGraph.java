package dev.limpid.routes;

import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * All nodes of one forward pass, numbered in topological order, and what each is made of. Immutable
 * and the same for all thresholds.
 *
 * <p>The contributions are not copied. Beside them lies, for every node after attention, a list of
 * the keys that matter, most contributing first: at most 1/tau keys can be above a threshold tau,
 * so moving it costs a scan of a short list. Below {@link #FINEST} all keys are looked at instead.
 *
 * <pre>
 *   number    0 .. T-1   T .. 2T-1   2T .. 3T-1   3T .. 4T-1   4T .. 5T-1     ..
 *   node      X0_t       A0_t        M0_t         I0_t         A1_t           ..
 * </pre>
 */
public final class FlowGraph {
  /** The lowest threshold that the short lists serve; lower ones are slower, not less exact. */
  static final double FINEST = 0.01;

  private final Contributions contributions;
  private final int nPositions;
  private final List<Node> nodes;
  private final List<KeyLists> keyLists;

  /** The keys k < q of one layer that are above FINEST: those of query q from rows[q]. */
  private record KeyLists(int[] rows, int[] keys) {}

  private FlowGraph(Contributions contributions) {
    this.contributions = contributions;
    this.nPositions = contributions.layers().getFirst().nPositions();
    this.nodes = nodes(contributions.layers().size(), nPositions);
    this.keyLists = contributions.layers().stream().map(FlowGraph::keyLists).toList();
  }

  /** Makes the graph of one forward pass; the contributions must not be modified afterwards. */
  public static FlowGraph of(Contributions contributions) {
    return new FlowGraph(contributions);
  }

  /** Returns what the graph was made of. */
  public Contributions contributions() {
    return contributions;
  }

  /** Returns T, the number of tokens. */
  public int nPositions() {
    return nPositions;
  }

  /** Returns L, the number of layers. */
  public int nLayers() {
    return contributions.layers().size();
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
      case AFTER_ATTENTION -> layer(node.layer()).attentionCancelling().contains(node.position());
      case AFTER_MLP -> layer(node.layer()).mlpCancelling().contains(node.position());
    };
  }

  LayerContributions layer(int layer) {
    return contributions.layers().get(layer);
  }

  /**
   * Returns, in ascending order, the keys k &lt; q whose contribution, summed over heads, is above
   * the threshold, and maybe others; then q itself.
   */
  int[] keys(int layer, int q, double threshold) {
    if (threshold < FINEST) {
      return IntStream.rangeClosed(0, q).toArray();
    }
    KeyLists lists = keyLists.get(layer);
    int from = lists.rows[q];
    int to = from;
    while (to < lists.rows[q + 1] && summed(layer(layer), q, lists.keys[to]) > threshold) {
      to++;
    }
    int[] keys = Arrays.copyOfRange(lists.keys, from, to + 1);
    keys[to - from] = q;
    Arrays.sort(keys);
    return keys;
  }

  /** Returns the contribution of a key to a query, summed over heads. */
  static double summed(LayerContributions layer, int q, int k) {
    double sum = 0;
    for (int h = 0; h < layer.nHeads(); h++) {
      sum += layer.attention(q, k, h);
    }
    return sum;
  }

  private static KeyLists keyLists(LayerContributions layer) {
    int[] rows = new int[layer.nPositions() + 1];
    List<Integer> keys = new ArrayList<>();
    for (int q = 0; q < layer.nPositions(); q++) {
      int query = q;
      IntStream.range(0, q)
          .filter(k -> summed(layer, query, k) > FINEST)
          .boxed()
          .sorted(Comparator.comparingDouble(k -> -summed(layer, query, k)))
          .forEach(keys::add);
      rows[q + 1] = keys.size();
    }
    // One element more, so that a row can be copied with room for q behind it.
    keys.add(-1);
    return new KeyLists(rows, keys.stream().mapToInt(Integer::intValue).toArray());
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
