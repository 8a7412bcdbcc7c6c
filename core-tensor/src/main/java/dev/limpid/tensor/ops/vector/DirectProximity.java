package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionBlock;

/**
 * The L1 proximity of every term of an attention block by its definition, for short prompts: there
 * this is no slower than {@link AttentionProximity}.
 *
 * <p>Vector code that is not yet compiled is a hundred times slower, and a program that explains
 * one prompt would wait for it. So as long as {@link WarmUp} has not had it compiled, the same sums
 * are made one by one, in the same order: with the same bits.
 */
final class DirectProximity {
  private static final int SHORTEST = 16;
  private static final int LONGEST = 22;

  private static volatile boolean isWarm;

  private DirectProximity() {}

  /** Has the sums made by vectors from now on. */
  static void warm() {
    isWarm = true;
  }

  /**
   * Returns whether a prompt is short: where it begins to be long was measured at widths of 128 to
   * 768. One row goes through kernels of its own in any case.
   */
  static boolean suits(AttentionBlock prompt) {
    int t = prompt.whole().dim(0);
    return t > 1 && t <= Math.clamp(8 + prompt.whole().dim(1) / 40, SHORTEST, LONGEST);
  }

  /** Writes the proximities into out, as {@code TensorOps.attentionProximity} says. */
  static void run(AttentionBlock prompt, Panels projection, WorkerPool pool) {
    Tensor pattern = prompt.pattern();
    Tensor values = prompt.values();
    Tensor whole = prompt.whole();
    Tensor out = prompt.out();
    int nHeads = pattern.dim(0);
    int group = nHeads / values.dim(0);
    int t = pattern.dim(1);
    int dHead = values.dim(2);
    int width = whole.dim(1);
    int pairs = t * (t + 1) / 2;
    Tensor terms = Tensor.zeros(t, width); // u[h, k] = values[h / (H/K), k] W_O^h
    for (int h = 0; h < nHeads; h++) {
      int head = h;
      Panels ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
      MatrixProduct.run(values.row(h / group), ofHead, null, terms, pool);
      pool.run(
          t,
          (q, scratch) -> {
            int y = whole.offset() + q * width;
            for (int k = 0; k <= q; k++) {
              float a = pattern.array()[pattern.offset() + (head * t + q) * t + k];
              double proximity = proximity(whole.array(), y, width, a, terms.array(), k * width);
              out.array()[out.offset() + head * pairs + q * (q + 1) / 2 + k] =
                  (float) Math.max(0, proximity);
            }
          });
    }
  }

  private static double proximity(float[] y, int at, int n, float a, float[] u, int uAt) {
    return isWarm
        ? DoubleSums.proximity(y, at, n, a, u, uAt)
        : DoubleSums.proximityOneByOne(y, at, n, a, u, uAt);
  }
}
