package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of the norms, row by row. Sums are in double, as in the norms themselves.
 *
 * @param centred whether the mean is taken off, as a LayerNorm does
 * @param gain [D], or null for ones
 * @param frozen whether what a row is divided by counts as a constant
 */
record NormBackward(boolean centred, @Nullable Tensor gain, float epsilon, boolean frozen) {

  /** Writes the gradient in x [T, D] into out, as {@code TensorOps.layerNormBackward} says. */
  void run(Tensor x, Tensor gradient, Tensor out, WorkerPool pool) {
    int width = x.dim(1);
    Rowwise.forRows(
        x.dim(0),
        width,
        pool,
        t ->
            row(
                width,
                x.array(),
                x.offset() + t * width,
                gradient.array(),
                gradient.offset() + t * width,
                out.array(),
                out.offset() + t * width));
  }

  private void row(int n, float[] x, int xAt, float[] g, int gAt, float[] out, int outAt) {
    double mean = centred ? Rowwise.sum(x, xAt, n) / n : 0;
    double inverse = 1 / Math.sqrt(Rowwise.squares(x, xAt, n, mean) / n + epsilon);
    timesGain(n, g, gAt, out, outAt);
    double center = centred ? Rowwise.sum(out, outAt, n) / n : 0;
    double pull = frozen ? 0 : along(n, x, xAt, mean, out, outAt) / n * inverse * inverse;
    for (int i = 0; i < n; i++) {
      double a = out[outAt + i];
      out[outAt + i] = (float) ((a - center - (x[xAt + i] - mean) * pull) * inverse);
    }
  }

  private void timesGain(int n, float[] g, int gAt, float[] out, int outAt) {
    if (gain == null) {
      System.arraycopy(g, gAt, out, outAt, n);
      return;
    }
    float[] factors = gain.array();
    int at = gain.offset();
    for (int i = 0; i < n; i++) {
      out[outAt + i] = g[gAt + i] * factors[at + i];
    }
  }

  /** Returns the product of a row less its mean and a gradient; four sums, to wait for none. */
  private static double along(int n, float[] x, int xAt, double mean, float[] a, int aAt) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i < n - 3; i += 4) {
      s0 += (x[xAt + i] - mean) * a[aAt + i];
      s1 += (x[xAt + i + 1] - mean) * a[aAt + i + 1];
      s2 += (x[xAt + i + 2] - mean) * a[aAt + i + 2];
      s3 += (x[xAt + i + 3] - mean) * a[aAt + i + 3];
    }
    for (; i < n; i++) {
      s0 += (x[xAt + i] - mean) * a[aAt + i];
    }
    return (s0 + s1) + (s2 + s3);
  }
}
