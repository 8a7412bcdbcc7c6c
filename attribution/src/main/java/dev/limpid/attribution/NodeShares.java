package dev.limpid.attribution;

import dev.limpid.tensor.Tensor;
import java.util.List;

/**
 * What all parts beside the terms of attention contributed at the nodes of one layer; the tensors
 * are to be read, not modified.
 *
 * @param oneNode whether attention and MLP are parts of one state, residPost, at the nodes after
 *     the MLP: then nothing is of the MLP's residual, and no node after attention cancels
 * @param attentionResidual [T], of residPre to residMid
 * @param attentionBias [T], of beta to residMid; zeros where biases are excluded
 * @param attentionChange [T], of what interventions put into residMid; zeros of an ordinary run
 * @param mlp [T], of the MLP's output to residPost
 * @param mlpResidual [T], of residMid to residPost
 * @param mlpBias [T], of b_out to residPost; zeros where biases are excluded
 * @param mlpChange [T], of what interventions put into residPost; zeros of an ordinary run
 * @param attentionCancelling the positions whose attention node is cancelling
 * @param mlpCancelling the positions whose MLP node is cancelling
 */
public record NodeShares(
    boolean oneNode,
    Tensor attentionResidual,
    Tensor attentionBias,
    Tensor attentionChange,
    Tensor mlp,
    Tensor mlpResidual,
    Tensor mlpBias,
    Tensor mlpChange,
    List<Integer> attentionCancelling,
    List<Integer> mlpCancelling) {

  /** Copies the lists. */
  public NodeShares {
    attentionCancelling = List.copyOf(attentionCancelling);
    mlpCancelling = List.copyOf(mlpCancelling);
  }

  /** Creates those of a run without interventions, of attention and MLP one after the other. */
  public NodeShares(
      Tensor attentionResidual,
      Tensor attentionBias,
      Tensor mlp,
      Tensor mlpResidual,
      Tensor mlpBias,
      List<Integer> attentionCancelling,
      List<Integer> mlpCancelling) {
    this(
        false,
        attentionResidual,
        attentionBias,
        Tensor.zeros(mlp.dim(0)),
        mlp,
        mlpResidual,
        mlpBias,
        Tensor.zeros(mlp.dim(0)),
        attentionCancelling,
        mlpCancelling);
  }

  /** Returns whether interventions put something into one of the states. */
  public boolean isChanged() {
    return isAny(attentionChange) || isAny(mlpChange);
  }

  private static boolean isAny(Tensor shares) {
    for (float share : shares.toFloats()) {
      if (share != 0) {
        return true;
      }
    }
    return false;
  }

  /** Returns T. */
  public int nPositions() {
    return mlp.dim(0);
  }
}
