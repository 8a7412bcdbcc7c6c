package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionBlock;

/**
 * The L1 proximity of every term of an attention block by its definition, for short prompts: below
 * some 17 positions this is no slower than {@link AttentionProximity}, and it needs no vector code
 * of its own, which a first call would run uncompiled.
 */
final class DirectProximity {
  /** The longest prompt for which the definition is evaluated as it stands. */
  static final int LONGEST = 16;

  private static final int SUMS = 64;

  private DirectProximity() {}

  /** Returns whether a prompt is short; one row goes through kernels of its own in any case. */
  static boolean suits(AttentionBlock prompt) {
    int t = prompt.whole().dim(0);
    return t > 1 && t <= LONGEST;
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
              double proximity = proximity(a, terms.array(), k * width, whole.array(), y, width);
              out.array()[out.offset() + head * pairs + q * (q + 1) / 2 + k] =
                  (float) Math.max(0, proximity);
            }
          });
    }
  }

  /**
   * Returns |y|_1 - |y - a u|_1, component by component, so that no large sums cancel: in sums side
   * by side, of which the compiler makes vectors.
   */
  private static double proximity(float a, float[] u, int uFrom, float[] y, int yFrom, int width) {
    double[] sums = new double[SUMS];
    for (int from = 0; from < width; from += SUMS) {
      add(a, u, uFrom + from, y, yFrom + from, Math.min(SUMS, width - from), sums);
    }
    double sum = 0;
    for (double each : sums) {
      sum += each;
    }
    return sum;
  }

  private static void add(
      float a, float[] u, int uFrom, float[] y, int yFrom, int n, double[] sums) {
    for (int i = 0; i < n; i++) {
      double whole = y[yFrom + i];
      sums[i] += Math.abs(whole) - Math.abs(whole - (double) a * u[uFrom + i]);
    }
  }
}
