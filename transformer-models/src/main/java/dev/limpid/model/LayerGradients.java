package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * How a number read from the logits changes with the states of one layer; the tensors are to be
 * read, not modified.
 *
 * @param residPre [T, D]
 * @param attnRaw [T, D] of what W_O gives, before any norm and multiplier behind it; so each term
 *     and each head is worth what it writes through W_O along this
 * @param attnOut [T, D] of what attention adds, as it is added: that of {@code residMid}, unless
 *     sums are normed
 * @param residMid [T, D]; where attention and MLP stand side by side, the same as that of attnOut
 * @param mlpRaw [T, D] of what the MLP, or the experts together, compute, before any norm and
 *     multiplier behind it; so each expert is worth what it writes along this
 * @param mlpOut [T, D] of what the MLP adds, as it is added: that of {@code residPost}, unless sums
 *     are normed
 * @param residPost [T, D]
 * @param pattern [H, T, T]: of a term's weight, without the value's bias, which a row of weights
 *     that sum to 1 does not see; 0 above the diagonal
 * @param neuronPre [T, F]; of a gated MLP, the gate's; [T, 0] of experts
 * @param neuronPost [T, F]; [T, 0] of experts
 */
public record LayerGradients(
    Tensor residPre,
    Tensor attnRaw,
    Tensor attnOut,
    Tensor residMid,
    Tensor mlpRaw,
    Tensor mlpOut,
    Tensor residPost,
    Tensor pattern,
    Tensor neuronPre,
    Tensor neuronPost) {

  /** Returns what a function makes of each tensor. */
  public LayerGradients each(UnaryOperator<Tensor> f) {
    return new LayerGradients(
        f.apply(residPre),
        f.apply(attnRaw),
        f.apply(attnOut),
        f.apply(residMid),
        f.apply(mlpRaw),
        f.apply(mlpOut),
        f.apply(residPost),
        f.apply(pattern),
        f.apply(neuronPre),
        f.apply(neuronPost));
  }
}
