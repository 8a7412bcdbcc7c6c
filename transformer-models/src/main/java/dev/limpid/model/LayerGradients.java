package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * How a number read from the logits changes with the states of one layer; the tensors are to be
 * read, not modified.
 *
 * <p>That of {@code attnOut}, and of each head's output, is that of {@code residMid}; that of
 * {@code mlpOut} is that of {@code residPost}.
 *
 * @param residPre [T, D]
 * @param residMid [T, D]
 * @param residPost [T, D]
 * @param pattern [H, T, T]: of a term's weight, without the value's bias, which a row of weights
 *     that sum to 1 does not see; 0 above the diagonal
 * @param neuronPre [T, F]; of a gated MLP, the gate's
 * @param neuronPost [T, F]
 */
public record LayerGradients(
    Tensor residPre,
    Tensor residMid,
    Tensor residPost,
    Tensor pattern,
    Tensor neuronPre,
    Tensor neuronPost) {

  /** Returns what a function makes of each tensor. */
  public LayerGradients each(UnaryOperator<Tensor> f) {
    return new LayerGradients(
        f.apply(residPre),
        f.apply(residMid),
        f.apply(residPost),
        f.apply(pattern),
        f.apply(neuronPre),
        f.apply(neuronPost));
  }
}
