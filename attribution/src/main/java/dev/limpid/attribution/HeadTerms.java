package dev.limpid.attribution;

import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;

/** How far the terms of one attention block reach along a direction, without ever building them. */
public final class HeadTerms {
  private HeadTerms() {}

  /**
   * Returns pattern[h, q, k] &lt;w, value[k] W_O^h&gt; for all heads and keys of one query: [H][q +
   * 1].
   *
   * <p>&lt;w, v W_O^h&gt; = &lt;w W_O^h^T, v&gt;: one projection serves all keys.
   *
   * @param trace of that layer, not modified
   * @param direction w, [D], not modified
   */
  public static double[][] along(
      Transformer model, int layer, LayerTrace trace, int q, Tensor direction) {
    int nHeads = model.config().nHeads();
    int dHead = model.config().dHead();
    int group = nHeads / model.config().nKvHeads();
    Tensor projected = Tensor.zeros(1, nHeads * dHead);
    model
        .ops()
        .matmul(
            direction.reshape(1, model.config().dModel()),
            model.weights().blocks().get(layer).attentionOutTransposed(),
            null,
            projected);

    double[][] terms = new double[nHeads][q + 1];
    for (int h = 0; h < nHeads; h++) {
      for (int k = 0; k <= q; k++) {
        Tensor value = trace.value().row(h / group).row(k);
        double product = 0;
        for (int i = 0; i < dHead; i++) {
          product += (double) projected.array()[h * dHead + i] * value.array()[value.offset() + i];
        }
        terms[h][k] = trace.pattern().get(h, q, k) * product;
      }
    }
    return terms;
  }
}
