package dev.limpid.model;

import dev.limpid.model.config.HeadNorm;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The norm of queries, or of keys, with what it learned.
 *
 * @param kind which norm, over what
 * @param gain [d], [heads, d] or [heads * d] as the kind says, or null for ones
 * @param bias [d], or null for zeros
 */
public record HeadNormWeights(HeadNorm kind, @Nullable Tensor gain, @Nullable Tensor bias) {

  /** Brings x [n, heads * d] through the norm, in place. */
  void apply(TensorOps ops, int dHead, Tensor x) {
    weights().into(ops, rows(dHead, x), rows(dHead, x));
    if (hasOwnGains()) {
      ops.multiplyRows(x, Objects.requireNonNull(gain), x);
    }
  }

  /**
   * Takes a gradient [n, heads * d] through the norm, in place.
   *
   * @param x [n, heads * d] what was normed, not modified
   * @param frozen whether what the norm divides by counts as a constant
   */
  void back(TensorOps ops, int dHead, Tensor x, boolean frozen, Tensor gradient) {
    if (hasOwnGains()) {
      ops.multiplyRows(gradient, Objects.requireNonNull(gain), gradient);
    }
    weights().back(ops, rows(dHead, x), frozen, rows(dHead, gradient));
  }

  /** Returns the rows that the means are taken over, as a view of x [n, heads * d]. */
  public Tensor rows(int dHead, Tensor x) {
    return kind.over() == HeadNorm.Over.ALL_HEADS
        ? x
        : x.reshape(x.dim(0) * x.dim(1) / dHead, dHead);
  }

  /** Returns the norm of these rows; where each head has a gain of its own, without it. */
  public NormWeights weights() {
    return new NormWeights(kind.norm(), hasOwnGains() ? null : gain, bias);
  }

  /** Returns whether each head has a gain of its own, which goes behind the norm of its rows. */
  public boolean hasOwnGains() {
    return kind.over() == HeadNorm.Over.EACH_HEAD_WITH_OWN_GAIN;
  }
}
