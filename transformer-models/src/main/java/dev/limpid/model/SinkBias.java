package dev.limpid.model;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import org.jspecify.annotations.Nullable;

/**
 * What the value biases add where a sink takes a part of every row of attention: b_V counts by what
 * is left of the row. Without sinks rows sum to 1, and the bias is in that of the block.
 *
 * @param valueBias b_V, [K, d], or null where there is nothing to add
 * @param mass [n][H] what is left of rows before anything in them was changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SinkBias(@Nullable Tensor valueBias, double[][] mass) {
  private static final SinkBias NONE = new SinkBias(null, new double[0][]);

  /** Looks at the rows of a pattern [H, n, m], not modified. */
  public static SinkBias of(BlockWeights block, Tensor pattern) {
    return block.sinks().isEmpty() || block.valueBias() == null
        ? NONE
        : new SinkBias(block.valueBias(), mass(pattern));
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

  /** Adds m b_V to what heads have mixed, [n, H d], in place. */
  public void addTo(TensorOps ops, Tensor mixed) {
    if (valueBias == null) {
      return;
    }
    Tensor here = mixed.toHeap();
    int dHead = valueBias.dim(1);
    int nHeads = mixed.dim(1) / dHead;
    int group = nHeads / valueBias.dim(0);
    for (int t = 0; t < mixed.dim(0); t++) {
      for (int i = 0; i < nHeads * dHead; i++) {
        int head = i / dHead;
        here.array()[here.offset() + t * mixed.dim(1) + i] +=
            (float) (mass[t][head] * valueBias.get(head / group, i % dHead));
      }
    }
    if (here != mixed) {
      ops.copy(here, mixed);
    }
  }

  /** Adds b_V to values [n, K d] that no one takes apart, in place. */
  static void addToValues(TensorOps ops, BlockWeights block, Tensor values) {
    if (!block.sinks().isEmpty() && block.valueBias() != null) {
      Tensor rows = ops.zeros(values.dim(0), values.dim(1));
      ops.embed(block.valueBias().reshape(1, values.dim(1)), new int[values.dim(0)], rows);
      ops.add(values, rows, values);
    }
  }
}
