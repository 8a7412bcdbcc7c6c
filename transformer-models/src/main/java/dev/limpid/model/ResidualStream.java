package dev.limpid.model;

import dev.limpid.model.config.Residual;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import org.jspecify.annotations.Nullable;

/**
 * How a block adds to the residual stream, and what state that gives; Q is the norm behind the
 * block, or of the sum, or nothing, and r the multiplier of the stream.
 *
 * <pre>
 *   added = r Q(raw)      state = x + added         where blocks are normed, or nothing is
 *   added = r raw         state = Q(x + added)      where sums are normed
 * </pre>
 */
record ResidualStream(Residual config, TensorOps ops) {

  /** Returns what a block adds, [n, D], of what it computed; that is not modified. */
  Tensor added(Tensor raw, NormWeights norm) {
    Tensor out = config.normsSums() ? raw : norm.of(ops, raw);
    if (config.multiplier() != 1) {
      Tensor times = ops.zeros(out.dim(0), out.dim(1));
      ops.scale(out, (float) config.multiplier(), times);
      return times;
    }
    return out;
  }

  /** Returns a + b, [n, D]. */
  Tensor plus(Tensor a, Tensor b) {
    Tensor out = ops.zeros(a.dim(0), a.dim(1));
    ops.add(a, b, out);
    return out;
  }

  /** Returns the state that a sum gives, [n, D]. */
  Tensor state(Tensor sum, NormWeights norm) {
    return config.normsSums() ? norm.of(ops, sum) : sum;
  }

  /** Returns what the norm scales every row by, [n]; null without one. */
  @Nullable Tensor scale(NormWeights norm, Tensor raw, Tensor sum) {
    return norm.isThere() ? norm.scales(config.normsSums() ? sum : raw) : null;
  }
}
