package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionBlock;
import java.util.ArrayList;
import java.util.List;
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

  /**
   * Writes the proximities of some prompts, as {@code TensorOps.attentionProximity} says. The terms
   * of a head are one product for all of them.
   */
  static void run(List<AttentionBlock> prompts, Panels projection, WorkerPool pool) {
    List<Query> queries = new ArrayList<>();
    for (AttentionBlock prompt : prompts) {
      int first = queries.size();
      for (int q = 0; q < prompt.whole().dim(0); q++) {
        queries.add(new Query(prompt, q, first));
      }
    }
    if (queries.isEmpty()) {
      return;
    }
    int nHeads = prompts.getFirst().pattern().dim(0);
    int nKvHeads = prompts.getFirst().values().dim(0);
    int dHead = prompts.getFirst().values().dim(2);
    Tensor values = Tensor.zeros(queries.size(), dHead);
    Tensor terms = Tensor.zeros(queries.size(), projection.outputs());
    for (int h = 0; h < nHeads; h++) {
      int head = h;
      int group = h / (nHeads / nKvHeads);
      for (int i = 0; i < queries.size(); i++) {
        Tensor from = queries.get(i).prompt().values();
        int at = from.offset() + (group * from.dim(1) + queries.get(i).q()) * dHead;
        System.arraycopy(from.array(), at, values.array(), i * dHead, dHead);
      }
      Panels ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
      MatrixProduct.run(values, ofHead, null, terms, pool);
      pool.run(queries.size(), (i, scratch) -> queries.get(i).write(head, terms.array()));
    }
  }

  /**
   * A query of a prompt.
   *
   * @param first the row of the prompt's first term, u[h, 0] = values[h / (H/K), 0] W_O^h, of all
   */
  private record Query(AttentionBlock prompt, int q, int first) {

    /** Writes its proximities in one head. */
    void write(int h, float[] terms) {
      Tensor pattern = prompt.pattern();
      Tensor whole = prompt.whole();
      Tensor out = prompt.out();
      int t = whole.dim(0);
      int width = whole.dim(1);
      int y = whole.offset() + q * width;
      int a = pattern.offset() + (h * t + q) * t;
      int to = out.offset() + h * (t * (t + 1) / 2) + q * (q + 1) / 2;
      for (int k = 0; k <= q; k++) {
        int u = (first + k) * width;
        float proximity = proximity(whole.array(), y, width, pattern.array()[a + k], terms, u);
        out.array()[to + k] = Math.max(0, proximity);
      }
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
