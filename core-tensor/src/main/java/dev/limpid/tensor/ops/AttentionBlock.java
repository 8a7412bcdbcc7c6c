package dev.limpid.tensor.ops;

import dev.limpid.tensor.Tensor;

/**
 * One prompt at an attention block: what {@link TensorOps#attentionProximity} reads of it and
 * writes.
 *
 * @param pattern [H, T, T], lower triangular, not negative
 * @param values [K, T, d], without the value bias
 * @param whole [T, D]
 * @param out [H, T (T + 1) / 2], modified
 */
public record AttentionBlock(Tensor pattern, Tensor values, Tensor whole, Tensor out) {}
