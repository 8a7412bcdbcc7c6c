package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionBlock;
import jdk.incubator.vector.FloatVector;

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
              out.array()[out.offset() + head * pairs + q * (q + 1) / 2 + k] =
                  Math.max(0, proximity(whole.array(), y, width, a, terms.array(), k * width));
            }
          });
    }
  }

  private static float proximity(float[] y, int at, int n, float a, float[] u, int uAt) {
    return isWarm ? byVectors(y, at, n, a, u, uAt) : oneByOne(y, at, n, a, u, uAt);
  }

  /**
   * Returns |y|_1 - |y - z|_1 with z = a u: with s the signs of y, the sum of s z - 2 max(0, s z -
   * |y|). So no component of y, which may be a thousand times the others, is lost in a difference.
   */
  static float byVectors(float[] y, int at, int n, float a, float[] u, int uAt) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector whole = FloatVector.fromArray(FLOATS, y, at + i);
      FloatVector along = Lanes.timesSign(FloatVector.fromArray(FLOATS, u, uAt + i).mul(a), whole);
      FloatVector beyond = Lanes.positive(along.sub(Lanes.abs(whole)));
      sum = sum.add(along.sub(beyond.add(beyond)));
    }
    return rest(i, Lanes.sum(sum), y, at, n, a, u, uAt);
  }

  /** The same bits without vectors. */
  static float oneByOne(float[] y, int at, int n, float a, float[] u, int uAt) {
    float[] lanes = new float[VL];
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      for (int lane = 0; lane < VL; lane++) {
        lanes[lane] += proximity(y[at + i + lane], a * u[uAt + i + lane]);
      }
    }
    return rest(i, Lanes.sum(lanes), y, at, n, a, u, uAt);
  }

  private static float rest(
      int from, float sum, float[] y, int at, int n, float a, float[] u, int uAt) {
    float all = sum;
    for (int i = from; i < n; i++) {
      all += proximity(y[at + i], a * u[uAt + i]);
    }
    return all;
  }

  private static float proximity(float y, float z) {
    int sign = Float.floatToRawIntBits(y) & ~Lanes.MAGNITUDE;
    float along = Float.intBitsToFloat(Float.floatToRawIntBits(z) ^ sign);
    float beyond = Math.max(0, along - Math.abs(y));
    return along - (beyond + beyond);
  }
}
