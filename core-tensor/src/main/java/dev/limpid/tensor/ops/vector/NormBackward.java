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
    double sum = 0;
    double along = 0;
    for (int i = 0; i < n; i++) {
      double a = gain(i) * (double) g[gAt + i];
      sum += a;
      along += a * (x[xAt + i] - mean);
    }
    double center = centred ? sum / n : 0;
    double pull = frozen ? 0 : along / n * inverse * inverse;
    for (int i = 0; i < n; i++) {
      double a = gain(i) * (double) g[gAt + i];
      out[outAt + i] = (float) ((a - center - (x[xAt + i] - mean) * pull) * inverse);
    }
  }

  private float gain(int i) {
    return gain == null ? 1 : gain.array()[gain.offset() + i];
  }
}
