package dev.limpid.tensor.ops;

import static dev.limpid.tensor.ops.ReferenceOps.at;
import static dev.limpid.tensor.ops.ReferenceOps.set;

import dev.limpid.tensor.Tensor;
import org.apache.commons.numbers.gamma.Erf;
import org.jspecify.annotations.Nullable;

/** The gradients of {@link ReferenceOps}; arguments have been checked. */
final class ReferenceBackward {
  private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

  private ReferenceBackward() {}

  /** With {@code centred} the gradient of a LayerNorm, else that of an RMSNorm. */
  static void norm(
      boolean centred,
      Tensor x,
      @Nullable Tensor gain,
      float epsilon,
      boolean frozen,
      Tensor gradient,
      Tensor out) {
    int width = x.dim(1);
    double[] a = new double[width];
    double[] n = new double[width];
    for (int t = 0; t < x.dim(0); t++) {
      int row = t * width;
      double mean = 0;
      for (int i = 0; centred && i < width; i++) {
        mean += at(x, row + i) / (double) width;
      }
      double square = 0;
      for (int i = 0; i < width; i++) {
        n[i] = at(x, row + i) - mean;
        square += n[i] * n[i] / width;
      }
      double sigma = Math.sqrt(square + epsilon);
      double meanA = 0;
      double meanAn = 0;
      for (int i = 0; i < width; i++) {
        n[i] /= sigma;
        a[i] = gain == null ? at(gradient, row + i) : (double) at(gain, i) * at(gradient, row + i);
        meanA += centred ? a[i] / width : 0;
        meanAn += frozen ? 0 : a[i] * n[i] / width;
      }
      for (int i = 0; i < width; i++) {
        set(out, row + i, (a[i] - meanA - n[i] * meanAn) / sigma);
      }
    }
  }

  static double slope(Activation f, Slope slope, double x) {
    return slope == Slope.SECANT ? secant(f, x) : tangent(f, x);
  }

  /** f(x) / x: what x is gated with. */
  private static double secant(Activation f, double x) {
    return switch (f) {
      case RELU -> x > 0 ? 1 : 0;
      case RELU_SQUARED -> Math.max(0, x);
      case GELU_ERF -> (1 + Erf.value(x / Math.sqrt(2))) / 2;
      case GELU_TANH -> sigmoid(2 * SQRT_2_OVER_PI * (x + 0.044715 * x * x * x));
      case QUICK_GELU -> sigmoid(1.702 * x);
      case SILU -> sigmoid(x);
    };
  }

  private static double tangent(Activation f, double x) {
    double gate = secant(f, x);
    return switch (f) {
      case RELU -> gate;
      case RELU_SQUARED -> 2 * gate;
      case GELU_ERF -> gate + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
      case GELU_TANH ->
          gate + x * gate * (1 - gate) * 2 * SQRT_2_OVER_PI * (1 + 3 * 0.044715 * x * x);
      case QUICK_GELU -> gate + x * gate * (1 - gate) * 1.702;
      case SILU -> gate + x * gate * (1 - gate);
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  static void pattern(Tensor gradient, Tensor values, Tensor out) {
    int nHeads = out.dim(0);
    int tq = out.dim(1);
    int tk = out.dim(2);
    int dHead = values.dim(2);
    for (int h = 0; h < nHeads; h++) {
      int kvHead = h / (nHeads / values.dim(0));
      for (int q = 0; q < tq; q++) {
        for (int k = 0; k < tk; k++) {
          double sum = 0;
          for (int i = 0; i < dHead && k <= q + tk - tq; i++) {
            sum +=
                (double) at(gradient, (q * nHeads + h) * dHead + i)
                    * at(values, (kvHead * tk + k) * dHead + i);
          }
          set(out, (h * tq + q) * tk + k, sum);
        }
      }
    }
  }

  static void attendTransposed(Tensor pattern, Tensor rows, Tensor out) {
    int nHeads = pattern.dim(0);
    int tq = pattern.dim(1);
    int tk = pattern.dim(2);
    int dHead = rows.dim(1) / nHeads;
    int nKvHeads = out.dim(1) / dHead;
    int group = nHeads / nKvHeads;
    for (int kvHead = 0; kvHead < nKvHeads; kvHead++) {
      for (int k = 0; k < tk; k++) {
        for (int i = 0; i < dHead; i++) {
          double sum = 0;
          for (int h = kvHead * group; h < (kvHead + 1) * group; h++) {
            for (int q = Math.max(0, k - tk + tq); q < tq; q++) {
              sum +=
                  (double) at(pattern, (h * tq + q) * tk + k)
                      * at(rows, (q * nHeads + h) * dHead + i);
            }
          }
          set(out, (k * nKvHeads + kvHead) * dHead + i, sum);
        }
      }
    }
  }

  static void softmax(Tensor pattern, Tensor gradient, float scale, Tensor out) {
    int width = pattern.dim(2);
    for (int row = 0; row < pattern.dim(0) * pattern.dim(1); row++) {
      double mean = 0;
      for (int i = row * width; i < (row + 1) * width; i++) {
        mean += (double) at(pattern, i) * at(gradient, i);
      }
      for (int i = row * width; i < (row + 1) * width; i++) {
        set(out, i, at(pattern, i) * (at(gradient, i) - mean) * scale);
      }
    }
  }
}
