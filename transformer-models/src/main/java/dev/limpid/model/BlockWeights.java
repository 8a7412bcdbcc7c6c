package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one layer.
 *
 * <p>The value bias b_V is kept out of the values: attention rows sum to 1, so it passes through
 * attention unchanged, and together with b_O it is the constant {@code attentionBias} = sum over h
 * of b_V^h W_O^h + b_O. With sinks rows sum to less, b_V counts by what is left, and {@code
 * attentionBias} is b_O. Where values are clipped, their bias is inside of what is clipped.
 *
 * @param attentionNorm in front of the attention
 * @param query to H heads of width d
 * @param key to K heads of width d
 * @param queryNorm of queries, or null where there is no such norm
 * @param keyNorm of keys, likewise
 * @param value W_V, to K heads of width d, with a bias only where values are clipped
 * @param valueBias b_V, [K, d], or null for none, or where values are clipped
 * @param sinks a score of each head that belongs to no key, [H], or empty
 * @param attentionOut W_O, inputs H * d, outputs D
 * @param attentionBias [D], or null for none
 * @param attentionPostNorm of what attention adds, or of the state it was added to
 * @param terms W_O with lin of the norm behind it: what each term of attention goes through on its
 *     way into the state; W_O itself where there is no such norm. Packed both ways: attribution
 *     projects states back to heads
 * @param mlpNorm in front of the MLP
 * @param mlp the MLP, or experts
 * @param mlpPostNorm of what the MLP adds, or of the state it was added to
 */
public record BlockWeights(
    NormWeights attentionNorm,
    Linear query,
    Linear key,
    @Nullable HeadNormWeights queryNorm,
    @Nullable HeadNormWeights keyNorm,
    Linear value,
    @Nullable Tensor valueBias,
    List<Float> sinks,
    PackedMatrix attentionOut,
    @Nullable Tensor attentionBias,
    NormWeights attentionPostNorm,
    PackedMatrix terms,
    NormWeights mlpNorm,
    MlpWeights mlp,
    NormWeights mlpPostNorm) {

  /** Copies the list. */
  public BlockWeights {
    sinks = List.copyOf(sinks);
  }

  /** Brings queries and keys of all heads through their norms in place, where there are any. */
  void normHeads(TensorOps ops, int dHead, Tensor queries, Tensor keys) {
    if (queryNorm != null) {
      queryNorm.apply(ops, dHead, queries);
    }
    if (keyNorm != null) {
      keyNorm.apply(ops, dHead, keys);
    }
  }

  /** Returns the memory that the matrices take; biases and gains are small beside them. */
  public long bytes() {
    return query.weight().bytes()
        + key.weight().bytes()
        + value.weight().bytes()
        + attentionOut.bytes()
        + (attentionPostNorm.isThere() ? terms.bytes() : 0)
        + mlp.bytes();
  }
}
