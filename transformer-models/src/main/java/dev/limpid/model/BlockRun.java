package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * All that a layer computes for n positions, in the order in which it does. A {@link LayerTrace} is
 * what a trace keeps of it.
 *
 * @param residPre [n, D]
 * @param queries [n, H d], heads side by side; positions are in them
 * @param keys [n, K d], likewise
 * @param attended what the queries found
 * @param attnOut [n, D] what attention adds
 * @param attentionScale [n] s of the norm behind it, or behind the sum; null without
 * @param residMid [n, D]
 * @param mlp what the MLP computes
 * @param mlpOut [n, D] what the MLP adds
 * @param mlpScale [n] s of the norm behind it, or behind the sum; null without
 * @param residPost [n, D]
 */
record BlockRun(
    Tensor residPre,
    Tensor queries,
    Tensor keys,
    Attended attended,
    Tensor attnOut,
    @Nullable Tensor attentionScale,
    Tensor residMid,
    MlpRun mlp,
    Tensor mlpOut,
    @Nullable Tensor mlpScale,
    Tensor residPost) {

  /**
   * Values mixed by attention.
   *
   * @param pattern [H, n, n], or null where attention goes over a cache, which keeps none
   * @param value [K, n, d] without their bias, or null where they lie in a cache
   * @param mixed [n, H d]
   */
  record Attended(@Nullable Tensor pattern, @Nullable Tensor value, Tensor mixed) {}

  /**
   * What an MLP computes.
   *
   * @param neuronPre [n, F]; [n, 0] of experts
   * @param up [n, F] what the up projection gives; without a gate the same as neuronPre
   * @param neuronPost [n, F]
   * @param out [n, D] as the MLP gives it
   * @param experts null where there are none
   */
  record MlpRun(
      Tensor neuronPre, Tensor up, Tensor neuronPost, Tensor out, @Nullable ExpertTrace experts) {}

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
        mlp.neuronPre,
        mlp.up,
        mlp.neuronPost,
        attentionScale,
        mlpScale,
        mlp.experts);
  }

  /**
   * Returns what a trace keeps of one of several texts that are stacked as rows.
   *
   * @param start its first row
   * @param end the row behind its last
   * @param own what its queries found
   */
  LayerTrace trace(int start, int end, Attended own) {
    UnaryOperator<Tensor> rows = x -> x.rows(start, end);
    Tensor pre = rows.apply(mlp.neuronPre);
    return new BlockRun(
            rows.apply(residPre),
            rows.apply(queries),
            rows.apply(keys),
            own,
            rows.apply(attnOut),
            attentionScale == null ? null : rows.apply(attentionScale),
            rows.apply(residMid),
            new MlpRun(
                pre,
                mlp.up == mlp.neuronPre ? pre : rows.apply(mlp.up),
                rows.apply(mlp.neuronPost),
                rows.apply(mlp.out),
                null),
            rows.apply(mlpOut),
            mlpScale == null ? null : rows.apply(mlpScale),
            rows.apply(residPost))
        .trace();
  }
}
