package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one layer.
 *
 * <p>The value bias b_V is kept out of the values: attention rows sum to 1, so it passes through
 * attention unchanged, and together with b_O it is the constant {@code attentionBias} = sum over h
 * of b_V^h W_O^h + b_O.
 *
 * @param query to H heads of width d
 * @param key to K heads of width d
 * @param queryGain of the norm over each query head, [d], or null where there is no such norm
 * @param keyGain of the norm over each key head, [d], or null where there is no such norm
 * @param value W_V, to K heads of width d
 * @param valueBias b_V, [K, d], or null for none
 * @param attentionOut W_O, inputs H * d, outputs D, packed both ways: attribution projects states
 *     back to heads
 * @param attentionBias beta, [D], or null for none
 * @param gate the gate of a gated MLP, to F neurons, or null
 * @param up to F neurons
 * @param down W_out and b_out, from F neurons to D
 */
public record BlockWeights(
    NormWeights attentionNorm,
    Linear query,
    Linear key,
    @Nullable Tensor queryGain,
    @Nullable Tensor keyGain,
    PackedMatrix value,
    @Nullable Tensor valueBias,
    PackedMatrix attentionOut,
    @Nullable Tensor attentionBias,
    NormWeights mlpNorm,
    @Nullable Linear gate,
    Linear up,
    Linear down) {

  /** Returns the memory that the matrices take; biases and gains are small beside them. */
  public long bytes() {
    return query.weight().bytes()
        + key.weight().bytes()
        + value.bytes()
        + attentionOut.bytes()
        + (gate == null ? 0 : gate.weight().bytes())
        + up.weight().bytes()
        + down.weight().bytes();
  }
}
