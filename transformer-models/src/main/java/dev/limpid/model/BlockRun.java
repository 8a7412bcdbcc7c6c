package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that a layer computes for n positions, in the order in which it does. A {@link LayerTrace} is
 * what a trace keeps of it.
 *
 * @param residPre [n, D]
 * @param queries [n, H d], heads side by side; positions are in them
 * @param keys [n, K d], likewise
 * @param attended what the queries found
 * @param attnOut [n, D]
 * @param residMid [n, D]
 * @param up [n, F] what the MLP's up projection gives; without a gate the same as neuronPre
 * @param neuronPre [n, F]
 * @param neuronPost [n, F]
 * @param mlpOut [n, D]
 * @param residPost [n, D]
 */
record BlockRun(
    Tensor residPre,
    Tensor queries,
    Tensor keys,
    Attended attended,
    Tensor attnOut,
    Tensor residMid,
    Tensor up,
    Tensor neuronPre,
    Tensor neuronPost,
    Tensor mlpOut,
    Tensor residPost) {

  /**
   * Values mixed by attention.
   *
   * @param pattern [H, n, n], or null where attention goes over a cache, which keeps none
   * @param value [K, n, d] without their bias, or null where they lie in a cache
   * @param mixed [n, H d]
   */
  record Attended(@Nullable Tensor pattern, @Nullable Tensor value, Tensor mixed) {}

  /** Returns what a trace keeps; only of a whole text. */
  LayerTrace trace() {
    return new LayerTrace(
        residPre,
        attnOut,
        residMid,
        mlpOut,
        residPost,
        queries,
        keys,
        Objects.requireNonNull(attended.pattern),
        Objects.requireNonNull(attended.value),
        neuronPre,
        up,
        neuronPost);
  }
}
