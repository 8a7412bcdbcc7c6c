package dev.limpid.attribution;

import dev.limpid.tensor.Tensor;
import java.util.List;

/**
 * What all parts beside the terms of attention contributed at the nodes of one layer; the tensors
 * are to be read, not modified.
 *
 * @param attentionResidual [T], of residPre to residMid
 * @param attentionBias [T], of beta to residMid; zeros where biases are excluded
 * @param mlp [T], of the MLP's output to residPost
 * @param mlpResidual [T], of residMid to residPost
 * @param mlpBias [T], of b_out to residPost; zeros where biases are excluded
 * @param attentionCancelling the positions whose attention node is cancelling
 * @param mlpCancelling the positions whose MLP node is cancelling
 */
public record NodeShares(
    Tensor attentionResidual,
    Tensor attentionBias,
    Tensor mlp,
    Tensor mlpResidual,
    Tensor mlpBias,
    List<Integer> attentionCancelling,
    List<Integer> mlpCancelling) {

  /** Copies the lists. */
  public NodeShares {
    attentionCancelling = List.copyOf(attentionCancelling);
    mlpCancelling = List.copyOf(mlpCancelling);
  }

  /** Returns T. */
  public int nPositions() {
    return mlp.dim(0);
  }
}
