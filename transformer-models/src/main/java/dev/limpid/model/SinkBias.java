package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import org.jspecify.annotations.Nullable;

/**
 * What the value biases add where a sink takes a part of every row of attention: b_V counts by what
 * is left of the row. Without sinks rows sum to 1, and the bias is in that of the block.
 *
 * @param added [n, H d], to what heads have mixed; null where there is nothing to add
 */
public record SinkBias(@Nullable Tensor added) {
  private static final SinkBias NONE = new SinkBias(null);

  /**
   * Looks at the rows of a pattern, before anything in them is changed.
   *
   * @param pattern [H, n, m], not modified
   */
  public static SinkBias of(TensorOps ops, BlockWeights block, Tensor pattern) {
    if (block.sinks().isEmpty() || block.valueBias() == null) {
      return NONE;
    }
    // Attention to values that are all b_V.
    Tensor bias = block.valueBias();
    int n = pattern.dim(2);
    Tensor values = ops.zeros(bias.dim(0), n, bias.dim(1));
    ops.splitHeads(rows(ops, bias, n), values, 0);
    Tensor added = ops.zeros(pattern.dim(1), pattern.dim(0) * bias.dim(1));
    ops.attend(ops.resident(pattern), values, added);
    return new SinkBias(added);
  }

  /** Returns the sums of the rows of a pattern [H, n, m]: [n][H]. */
  public static double[][] mass(Tensor pattern) {
    float[] weights = pattern.toFloats();
    int n = pattern.dim(1);
    int m = pattern.dim(2);
    double[][] mass = new double[n][pattern.dim(0)];
    for (int row = 0; row < pattern.dim(0) * n; row++) {
      for (int k = 0; k < m; k++) {
        mass[row % n][row / n] += weights[row * m + k];
      }
    }
    return mass;
  }

  /** Adds it to what heads have mixed, [n, H d], in place. */
  public void addTo(TensorOps ops, Tensor mixed) {
    if (added != null) {
      ops.add(mixed, added, mixed);
    }
  }

  /** Adds b_V to values [n, K d] that no one takes apart, in place. */
  static void addToValues(TensorOps ops, BlockWeights block, Tensor values) {
    if (!block.sinks().isEmpty() && block.valueBias() != null) {
      ops.add(values, rows(ops, block.valueBias(), values.dim(0)), values);
    }
  }

  private static Tensor rows(TensorOps ops, Tensor bias, int n) {
    int width = Math.toIntExact(bias.size());
    Tensor rows = ops.zeros(n, width);
    ops.embed(bias.reshape(1, width), new int[n], rows);
    return rows;
  }
}
