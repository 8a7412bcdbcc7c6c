package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import java.util.function.UnaryOperator;

/**
 * One layer of a forward pass; the tensors are to be read, not modified.
 *
 * <pre>
 *   residPre -> attention -> attnOut;  residMid  = residPre + attnOut
 *   residMid -> MLP       -> mlpOut;   residPost = residMid + mlpOut
 * </pre>
 *
 * @param residPre [T, D]
 * @param attnOut [T, D]
 * @param residMid [T, D]
 * @param mlpOut [T, D]
 * @param residPost [T, D]
 * @param queries [T, H d], heads side by side; positions are in them
 * @param keys [T, K d], likewise
 * @param pattern [H, T, T] attention probabilities (head, query, key), lower triangular
 * @param value [K, T, d] values without their bias
 * @param neuronPre [T, F] before the activation; of a gated MLP, the gate
 * @param neuronUp [T, F] of a gated MLP, what the activated gate is multiplied with; else the same
 *     tensor as neuronPre
 * @param neuronPost [T, F] after the activation; of a gated MLP, times the up projection
 */
public record LayerTrace(
    Tensor residPre,
    Tensor attnOut,
    Tensor residMid,
    Tensor mlpOut,
    Tensor residPost,
    Tensor queries,
    Tensor keys,
    Tensor pattern,
    Tensor value,
    Tensor neuronPre,
    Tensor neuronUp,
    Tensor neuronPost) {

  /** Returns this layer with all its tensors on the heap. */
  public LayerTrace toHeap() {
    return each(Tensor::toHeap);
  }

  /** Returns what a function makes of each tensor. */
  LayerTrace each(UnaryOperator<Tensor> f) {
    Tensor pre = f.apply(neuronPre);
    return new LayerTrace(
        f.apply(residPre),
        f.apply(attnOut),
        f.apply(residMid),
        f.apply(mlpOut),
        f.apply(residPost),
        f.apply(queries),
        f.apply(keys),
        f.apply(pattern),
        f.apply(value),
        pre,
        neuronUp == neuronPre ? pre : f.apply(neuronUp),
        f.apply(neuronPost));
  }
}
