package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.Slope;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * How steep activations are. All but ReLU are x s(x), s the share of x that passes: the secant is s
 * itself, the tangent s + x s'(x).
 *
 * <pre>
 *   s = sigmoid(g)   s' = s (1 - s) g'    g = x, 1.702 x or 2 sqrt(2/pi) (x + 0.044715 x^3)
 *   s = Phi(x)       s' = phi(x)
 * </pre>
 */
final class Slopes {
  private static final float CUBE = 0.044715f;
  private static final float TWICE_SQRT_2_OVER_PI = (float) Math.sqrt(8 / Math.PI);
  private static final float ONE_OVER_SQRT_2_PI = (float) (1 / Math.sqrt(2 * Math.PI));

  /** Beyond this, all slopes are 0 or 1 in float, and powers of x are still finite. */
  private static final float FAR = 100;

  private Slopes() {}

  /** Writes the slope of f at x into out. */
  static void write(Activation f, Slope slope, Tensor x, Tensor out, WorkerPool pool) {
    float tangent = slope == Slope.TANGENT ? 1 : 0;
    Elementwise.map(
        (n, from, at, to, outAt) -> {
          switch (f) {
            case RELU -> relu(n, from, at, to, outAt);
            case RELU_SQUARED -> reluSquared(1 + tangent, n, from, at, to, outAt);
            case GELU_ERF -> geluErf(tangent, n, from, at, to, outAt);
            case GELU_TANH -> sigmoid(TWICE_SQRT_2_OVER_PI, CUBE, tangent, n, from, at, to, outAt);
            case QUICK_GELU -> sigmoid(1.702f, 0, tangent, n, from, at, to, outAt);
            case SILU -> sigmoid(1, 0, tangent, n, from, at, to, outAt);
          }
        },
        x,
        out,
        pool);
  }

  private static void relu(int n, float[] x, int xAt, float[] out, int outAt) {
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + i);
      zero.blend(1, v.compare(VectorOperators.GT, 0)).intoArray(out, outAt + i);
    }
  }

  /** factor max(0, x). */
  private static void reluSquared(float factor, int n, float[] x, int xAt, float[] out, int outAt) {
    for (int i = 0; i < n; i += VL) {
      VectorMath.relu(FloatVector.fromArray(FLOATS, x, xAt + i))
          .mul(factor)
          .intoArray(out, outAt + i);
    }
  }

  /** s + tangent x s', s = Phi(x). */
  private static void geluErf(float tangent, int n, float[] x, int xAt, float[] out, int outAt) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = bounded(FloatVector.fromArray(FLOATS, x, xAt + i));
      // x Phi(x) is exact relative to x, but for 0.
      FloatVector s = VectorMath.gelu(v).div(v).blend(0.5f, v.compare(VectorOperators.EQ, 0));
      FloatVector density = VectorMath.exp(v.mul(v).mul(-0.5f)).mul(ONE_OVER_SQRT_2_PI);
      s.add(v.mul(density).mul(tangent)).intoArray(out, outAt + i);
    }
  }

  /** s + tangent x s', s = sigmoid(factor (x + cube x^3)). */
  private static void sigmoid(
      float factor, float cube, float tangent, int n, float[] x, int xAt, float[] out, int outAt) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = bounded(FloatVector.fromArray(FLOATS, x, xAt + i));
      FloatVector square = v.mul(v).mul(cube);
      FloatVector g = v.mul(square.add(1)).mul(factor);
      FloatVector e = VectorMath.exp(g.neg());
      FloatVector s = FloatVector.broadcast(FLOATS, 1).div(e.add(1));
      // 1 - s as e s: without the cancellation where s is nearly 1.
      FloatVector steepness = square.mul(3).add(1).mul(factor);
      s.add(v.mul(s).mul(e.mul(s)).mul(steepness).mul(tangent)).intoArray(out, outAt + i);
    }
  }

  private static FloatVector bounded(FloatVector x) {
    FloatVector low = x.blend(-FAR, x.compare(VectorOperators.LT, -FAR));
    return low.blend(FAR, x.compare(VectorOperators.GT, FAR));
  }
}
