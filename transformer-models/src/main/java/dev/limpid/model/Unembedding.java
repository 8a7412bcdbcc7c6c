package dev.limpid.model;

import dev.limpid.model.config.Head;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How states become logits: the final norm, then {@code W_U W_in (scale * state) + bias}, cut off
 * softly where a model does so.
 */
public record Unembedding(ModelConfig config, TransformerWeights weights, TensorOps ops) {

  /** Returns the logits of states: [n, D] to [n, V]. */
  Tensor of(Tensor states) {
    Tensor logits = logits(normed(states), weights.head().bias());
    config.head().cap().ifPresent(cap -> onHeap(logits, l -> cap * Math.tanh(l / cap)));
    return logits;
  }

  /** Returns the logits of states before any cap: [n, D] to [n, V]. */
  public Tensor beforeCap(Tensor states) {
    try (Scope scope = ops.scope()) {
      return scope.keep(logits(normed(states), weights.head().bias()));
    }
  }

  /** Returns what updates add to the logits by themselves, without norm: [n, D] to [n, V]. */
  public Tensor ofUpdates(Tensor updates) {
    return logits(updates, null);
  }

  /** Returns states through the final norm: [n, D] to [n, D]. */
  public Tensor normed(Tensor states) {
    return weights.finalNorm().of(ops, states);
  }

  private Tensor logits(Tensor states, @Nullable Tensor bias) {
    Tensor read = states;
    if (weights.headIn() != null) {
      read = ops.zeros(states.dim(0), weights.headIn().outputs());
      ops.matmul(states, weights.headIn(), null, read);
    }
    double scale = config.head().scale();
    if (scale != 1) {
      Tensor scaled = ops.zeros(read.dim(0), read.dim(1));
      ops.scale(read, (float) scale, scaled);
      read = scaled;
    }
    Tensor logits = ops.zeros(states.dim(0), config.dVocab());
    ops.matmul(read, weights.head().weight(), bias, logits);
    return logits;
  }

  /** Returns a row [p] of the unembedding as a direction of normed states, on the heap: [D]. */
  public Tensor direction(Tensor row) {
    if (weights.headIn() == null) {
      return row.toHeap();
    }
    try (Scope _ = ops.scope()) {
      Tensor state = ops.zeros(1, config.dModel());
      Tensor read = ops.resident(row).reshape(1, weights.headIn().outputs());
      ops.matmulTransposed(read, weights.headIn(), state);
      return state.row(0).toHeap();
    }
  }

  /**
   * Takes a gradient [1, V] in the logits of a state back to what the head read of it, [1, D].
   *
   * @param logits [V] as the model gives them, on the heap
   * @param secant whether the cap counts by f(x) / x, rather than by its slope
   */
  Tensor back(Tensor gradient, Tensor logits, boolean secant) {
    Head head = config.head();
    Tensor row = Tensor.of(gradient.toFloats(), 1, config.dVocab());
    for (int v = 0; v < config.dVocab(); v++) {
      double slope =
          head.cap().isEmpty() ? 1 : slope(logits.get(v), head.cap().getAsDouble(), secant);
      row.array()[v] = (float) (row.array()[v] * slope * head.scale());
    }
    Tensor there = ops.zeros(1, config.dVocab());
    ops.copy(row, there);
    Tensor read = ops.zeros(1, weights.head().weight().inputs());
    ops.matmulTransposed(there, weights.head().weight(), read);
    if (weights.headIn() == null) {
      return read;
    }
    Tensor state = ops.zeros(1, config.dModel());
    ops.matmulTransposed(read, weights.headIn(), state);
    return state;
  }

  /** How steep c tanh(x / c) is where it has that value. */
  static double slope(double value, double cap, boolean secant) {
    double share = value / cap;
    if (!secant) {
      return 1 - share * share;
    }
    double x = atanh(share);
    return x == 0 ? 1 : share / x;
  }

  private static double atanh(double x) {
    double inside = Math.clamp(x, -1 + 1e-12, 1 - 1e-12);
    return Math.log((1 + inside) / (1 - inside)) / 2;
  }

  private void onHeap(Tensor x, DoubleUnaryOperator f) {
    Tensor here = x.toHeap();
    for (int i = here.offset(); i < here.offset() + here.size(); i++) {
      here.array()[i] = (float) f.applyAsDouble(here.array()[i]);
    }
    if (here != x) {
      ops.copy(here, x);
    }
  }
}
