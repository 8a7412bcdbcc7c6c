package dev.limpid.attribution;

import dev.limpid.model.AttentionTerms;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;

/** How far the terms of one attention block reach along a direction, without ever building them. */
public final class HeadTerms {
  private HeadTerms() {}

  /**
   * Returns &lt;w, term[h, q, k]&gt; for all heads and keys of one query: [H][q + 1].
   *
   * <p>&lt;w, v W_O^h&gt; = &lt;w W_O^h^T, v&gt;: one projection serves all keys.
   *
   * @param trace of that layer, not modified
   * @param direction w, [D], not modified
   */
  public static double[][] along(
      Transformer model, int layer, LayerTrace trace, int q, Tensor direction) {
    return along(model, AttentionTerms.inState(model, layer, trace), q, direction);
  }

  /**
   * Returns the same of terms as they are parts of something else.
   *
   * @param of not modified
   */
  public static double[][] along(Transformer model, AttentionTerms of, int q, Tensor direction) {
    int nHeads = model.config().nHeads();
    int dHead = model.config().dHead();
    int group = nHeads / model.config().nKvHeads();
    float[] projected = projected(model, of.projection(), direction);
    double[][] terms = new double[nHeads][q + 1];
    for (int kvHead = 0; kvHead < nHeads / group; kvHead++) {
      float[] values = of.values().row(kvHead).rows(0, q + 1).toFloats();
      for (int h = kvHead * group; h < (kvHead + 1) * group; h++) {
        Tensor pattern = of.weights().row(h).row(q).toHeap();
        for (int k = 0; k <= q; k++) {
          double product = 0;
          for (int i = 0; i < dHead; i++) {
            product += (double) projected[h * dHead + i] * values[k * dHead + i];
          }
          terms[h][k] = pattern.get(k) * product;
        }
      }
    }
    return terms;
  }

  /** Returns w W_O^T, [H d]. */
  private static float[] projected(Transformer model, PackedMatrix projection, Tensor direction) {
    TensorOps ops = model.ops();
    try (Scope _ = ops.scope()) {
      Tensor projected = ops.zeros(1, projection.inputs());
      Tensor row = ops.resident(direction).reshape(1, projection.outputs());
      ops.matmulTransposed(row, projection, projected);
      return projected.toFloats();
    }
  }
}
