package dev.limpid.model;

import dev.limpid.model.config.Residual;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.function.UnaryOperator;
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

  /**
   * What came of a block.
   *
   * @param out [n, D] what is added
   * @param state [n, D]
   * @param scale [n] what Q scales every row by; null without a norm
   */
  record Added(Tensor out, Tensor state, @Nullable Tensor scale) {}

  /**
   * Adds what a block computed.
   *
   * @param x [n, D] the state before, not modified
   * @param raw [n, D] what the block computed; modified by the change where nothing stands behind
   * @param norm Q
   * @param change what becomes of that which is added
   */
  Added add(Tensor x, Tensor raw, NormWeights norm, UnaryOperator<Tensor> change) {
    Tensor added = added(raw, norm);
    if (config.normsSums()) {
      Tensor out = change.apply(added);
      Tensor sum = plus(x, out);
      return new Added(out, norm.of(ops, sum), scale(norm, sum));
    }
    @Nullable Tensor scale = scale(norm, raw); // right behind the norm, which may do both at once
    Tensor out = change.apply(added);
    return new Added(out, plus(x, out), scale);
  }

  /** Returns what a block adds, [n, D], of what it computed; that is not modified. */
  Tensor added(Tensor raw, NormWeights norm) {
    return multiplied(config.normsSums() ? raw : norm.of(ops, raw));
  }

  private Tensor multiplied(Tensor x) {
    if (config.multiplier() == 1) {
      return x;
    }
    Tensor times = ops.zeros(x.dim(0), x.dim(1));
    ops.scale(x, (float) config.multiplier(), times);
    return times;
  }

  private Tensor plus(Tensor a, Tensor b) {
    Tensor out = ops.zeros(a.dim(0), a.dim(1));
    ops.add(a, b, out);
    return out;
  }

  private @Nullable Tensor scale(NormWeights norm, Tensor x) {
    return norm.isThere() ? norm.scales(ops, x) : null;
  }
}
