package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a forward pass; the tensors are to be read, not modified.
 *
 * <pre>
 *   SEQUENTIAL  residPre -> attention -> attnOut;  residMid  = residPre + attnOut
 *               residMid -> MLP       -> mlpOut;   residPost = residMid + mlpOut
 *   PARALLEL    residPre -> attention -> attnOut;  residPost = residPre + attnOut + mlpOut
 *               residPre -> MLP       -> mlpOut;   residMid  = residPre + attnOut, read by nothing
 *   POST_LN     residPre -> attention -> attnOut;  residMid  = norm(residPre + attnOut)
 *               residMid -> MLP       -> mlpOut;   residPost = norm(residMid + mlpOut)
 * </pre>
 *
 * @param residPre [T, D]
 * @param attnOut [T, D] what is added: behind its norm, if it has one, and multiplied
 * @param residMid [T, D]
 * @param mlpOut [T, D] what is added, likewise
 * @param residPost [T, D]
 * @param queries [T, H d], heads side by side; positions are in them
 * @param keys [T, K d], likewise
 * @param pattern [H, T, T] attention probabilities (head, query, key), lower triangular
 * @param value [K, T, d] values without their bias; where they are clipped, clipped with it
 * @param neuronPre [T, F] before the activation; of a gated MLP, the gate; [T, 0] of experts
 * @param neuronUp [T, F] of a gated MLP, what the activated gate is multiplied with; else the same
 *     tensor as neuronPre
 * @param neuronPost [T, F] after the activation; of a gated MLP, times the up projection
 * @param attentionScale [T] s of the norm behind the attention, or of that of the sum; null without
 * @param mlpScale [T] the same of the MLP
 * @param experts of a layer that has them, else null
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
    Tensor neuronPost,
    @Nullable Tensor attentionScale,
    @Nullable Tensor mlpScale,
    @Nullable ExpertTrace experts) {

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
        f.apply(neuronPost),
        attentionScale == null ? null : f.apply(attentionScale),
        mlpScale == null ? null : f.apply(mlpScale),
        experts == null ? null : experts.each(f));
  }
}
