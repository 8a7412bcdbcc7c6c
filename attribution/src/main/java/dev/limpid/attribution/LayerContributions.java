package dev.limpid.attribution;

import dev.limpid.tensor.Tensor;

/**
 * The contributions at the nodes of one layer, before any threshold; the tensors are to be read,
 * not modified.
 *
 * <p>At every attention node (layer, q): attention over all (k, h), attentionResidual[q],
 * attentionBias[q] and attentionChange[q] sum to 1. At every MLP node (layer, t): mlp[t],
 * mlpResidual[t], mlpBias[t] and mlpChange[t] sum to 1. At cancelling nodes all are 0. What the
 * parts leave of a state is {@link Unexplained}.
 *
 * @param attention [H, T (T + 1) / 2]: column {@link #pair(int, int)} is query q, key k &lt;= q
 * @param shares of all other parts
 */
public record LayerContributions(Tensor attention, NodeShares shares) {

  /** Returns T. */
  public int nPositions() {
    return shares.nPositions();
  }

  /** Returns H. */
  public int nHeads() {
    return attention.dim(0);
  }

  /** Returns the column of {@link #attention} that holds query q and key k &lt;= q. */
  public static int pair(int q, int k) {
    return q * (q + 1) / 2 + k;
  }

  /** Returns the contribution of one head's term: what query q got from key k through head h. */
  public float attention(int q, int k, int h) {
    return attention.array()[attention.offset() + h * attention.dim(1) + pair(q, k)];
  }
}
