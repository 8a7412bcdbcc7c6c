package dev.limpid.routes;

import java.util.List;

/**
 * A part of a state that was kept, as a connection from where the part was read to the state it was
 * added to.
 *
 * <p>A position's residual edge and its attention to itself join the same two nodes and are two
 * edges.
 */
public sealed interface Edge {
  /** Returns the node below. */
  Node from();

  /** Returns the node above. */
  Node to();

  /** Returns the part's contribution to the state, in (0, 1]; renormalised in that mode. */
  double weight();

  /** The residual stream: to a state after attention or after the MLP. */
  record Residual(Node from, Node to, double weight) implements Edge {}

  /**
   * Attention of all heads, from key to query.
   *
   * @param heads the heads that were kept, largest contribution first; they sum to the weight
   */
  record Attention(Node from, Node to, double weight, List<Head> heads) implements Edge {
    /** Copies the list. */
    public Attention {
      heads = List.copyOf(heads);
    }
  }

  /** What an MLP read. It carries the weight of its {@link MlpOut}, and all of the MLP's flow. */
  record MlpIn(Node from, Node to, double weight) implements Edge {}

  /** What an MLP wrote. */
  record MlpOut(Node from, Node to, double weight) implements Edge {}

  /** The share of one head in an attention edge. */
  record Head(int head, double contribution) {}
}
