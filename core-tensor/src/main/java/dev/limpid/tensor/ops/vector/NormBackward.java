package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
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
    double mean = centred ? DoubleSums.sum(x, xAt, n) / n : 0;
    double inverse = 1 / Math.sqrt(DoubleSums.squares(x, xAt, n, mean) / n + epsilon);
    if (gain == null) {
      System.arraycopy(g, gAt, out, outAt, n);
    } else {
      Elementwise.multiply(n, g, gAt, gain.array(), gain.offset(), out, outAt);
    }
    double center = centred ? DoubleSums.sum(out, outAt, n) / n : 0;
    double along = frozen ? 0 : DoubleSums.product(x, xAt, n, (float) mean, out, outAt);
    double pull = along / n * inverse * inverse;
    apply(n, x, xAt, (float) mean, (float) pull, (float) center, (float) inverse, out, outAt);
  }

  /** Replaces a by (a - center - (x - mean) pull) inverse. */
  private static void apply(
      int n,
      float[] x,
      int xAt,
      float mean,
      float pull,
      float center,
      float inverse,
      float[] a,
      int aAt) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector along = FloatVector.fromArray(FLOATS, x, xAt + i).sub(mean).mul(pull);
      FloatVector across = FloatVector.fromArray(FLOATS, a, aAt + i).sub(center).sub(along);
      across.mul(inverse).intoArray(a, aAt + i);
    }
    for (; i < n; i++) {
      a[aAt + i] = (a[aAt + i] - center - (x[xAt + i] - mean) * pull) * inverse;
    }
  }
}
