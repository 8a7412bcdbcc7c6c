package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import jdk.incubator.vector.FloatVector;

/**
 * Attention of a few queries over a cache of keys and values, which are read where they lie: one
 * query of one head streams through the keys of its head, then through the values.
 *
 * <p>Four keys are read together, as one chain of sums would wait for itself. Values are added up a
 * few columns at a time, which stay in registers.
 */
final class CachedAttention {
  /** Multiplications in a work item, at least: some microseconds of work. */
  private static final int CHUNK = 1 << 14;

  private static final int TOGETHER = 4;

  private final float[] queries;
  private final float[] keys;
  private final float[] values;
  private final int dHead;
  private final AttentionShape shape;

  private CachedAttention(Tensor queries, Tensor keys, Tensor values, AttentionShape shape) {
    this.queries = queries.array();
    this.keys = keys.array();
    this.values = values.array();
    dHead = keys.dim(2);
    this.shape = shape;
  }

  /** Writes softmax(q k^T * scale) v into out, as {@code TensorOps.attendCached} says. */
  static void run(
      Tensor queries,
      Tensor keys,
      Tensor values,
      int nKeys,
      AttentionShape shape,
      Tensor out,
      WorkerPool pool) {
    CachedAttention attention = new CachedAttention(queries, keys, values, shape);
    int nHeads = shape.nHeads();
    int tq = queries.dim(0);
    int dHead = keys.dim(2);
    int headSize = keys.dim(1) * dHead;
    int together = Math.max(1, CHUNK / (Math.min(nKeys, shape.window()) * dHead));
    // Rows of one head follow each other, so that its keys and values stay in cache.
    pool.run(
        Math.ceilDiv(nHeads * tq, together),
        (item, scratch) -> {
          int end = Math.min(nHeads * tq, (item + 1) * together);
          for (int row = item * together; row < end; row++) {
            int h = row / tq;
            int q = row % tq;
            int last = q + nKeys - tq;
            int first = shape.firstKey(last);
            int head = shape.keyHead(h) * headSize + first * dHead;
            int at = (q * nHeads + h) * dHead;
            attention.row(
                queries.offset() + at,
                keys.offset() + head,
                values.offset() + head,
                h,
                first,
                last + 1 - first,
                out.array(),
                out.offset() + at,
                scratch);
          }
        });
  }

  /** Does one query of one head, which sees n keys from one on. */
  private void row(
      int query,
      int firstKey,
      int firstValue,
      int head,
      int key,
      int n,
      float[] out,
      int outAt,
      Scratch scratch) {
    float[] scores = scratch.floats(Use.SUMS, n + VL);
    scores(n, dHead, queries, query, keys, firstKey, scores, scratch);
    float inverse = CausalAttention.probabilities(shape, head, scores, 0, n, key);
    int i = 0;
    for (; i + TOGETHER * VL <= dHead; i += TOGETHER * VL) {
      mixFour(n, dHead, scores, inverse, values, firstValue + i, out, outAt + i);
    }
    for (; i + VL <= dHead; i += VL) {
      mixOne(n, dHead, scores, inverse, values, firstValue + i, out, outAt + i);
    }
    for (; i < dHead; i++) {
      float sum = 0;
      for (int k = 0; k < n; k++) {
        sum = Math.fma(scores[k], values[firstValue + k * dHead + i], sum);
      }
      out[outAt + i] = sum * inverse;
    }
  }

  /** Writes the products of a query with n keys into scores. */
  private static void scores(
      int n, int d, float[] q, int qAt, float[] keys, int at, float[] scores, Scratch scratch) {
    float[] lanes = scratch.floats(Use.PARTIAL_PRODUCTS, TOGETHER * VL);
    int whole = FLOATS.loopBound(d);
    for (int k = 0; k < n; k += TOGETHER) {
      // The last group repeats its last key where there are fewer.
      int last = n - 1;
      int k0 = at + k * d;
      int k1 = at + Math.min(k + 1, last) * d;
      int k2 = at + Math.min(k + 2, last) * d;
      int k3 = at + Math.min(k + 3, last) * d;
      products(whole, q, qAt, keys, k0, k1, k2, k3, lanes);
      for (int j = 0; j < Math.min(TOGETHER, n - k); j++) {
        float sum = sum(lanes, j * VL);
        for (int i = whole; i < d; i++) {
          sum = Math.fma(q[qAt + i], keys[k0 + j * d + i], sum);
        }
        scores[k + j] = sum;
      }
    }
  }

  /**
   * Writes the products of a query with four keys into four vectors that are still to be summed.
   */
  private static void products(
      int n, float[] q, int qAt, float[] keys, int k0, int k1, int k2, int k3, float[] lanes) {
    FloatVector p0 = FloatVector.zero(FLOATS);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    for (int i = 0; i < n; i += VL) {
      FloatVector x = FloatVector.fromArray(FLOATS, q, qAt + i);
      p0 = x.fma(FloatVector.fromArray(FLOATS, keys, k0 + i), p0);
      p1 = x.fma(FloatVector.fromArray(FLOATS, keys, k1 + i), p1);
      p2 = x.fma(FloatVector.fromArray(FLOATS, keys, k2 + i), p2);
      p3 = x.fma(FloatVector.fromArray(FLOATS, keys, k3 + i), p3);
    }
    p0.intoArray(lanes, 0);
    p1.intoArray(lanes, VL);
    p2.intoArray(lanes, 2 * VL);
    p3.intoArray(lanes, 3 * VL);
  }

  /** Sums a vector that lies in memory, always in the same order, in two chains. */
  private static float sum(float[] lanes, int at) {
    float even = 0;
    float odd = 0;
    for (int i = at; i < at + VL; i += 2) {
      even += lanes[i];
      odd += lanes[i + 1];
    }
    return even + odd;
  }

  /** Writes four vectors of columns of sum over k of p[k] values[k], times a factor, into out. */
  private static void mixFour(
      int n, int d, float[] p, float factor, float[] values, int at, float[] out, int outAt) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int v = at;
    for (int k = 0; k < n; k++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, p[k]);
      s0 = weight.fma(FloatVector.fromArray(FLOATS, values, v), s0);
      s1 = weight.fma(FloatVector.fromArray(FLOATS, values, v + VL), s1);
      s2 = weight.fma(FloatVector.fromArray(FLOATS, values, v + 2 * VL), s2);
      s3 = weight.fma(FloatVector.fromArray(FLOATS, values, v + 3 * VL), s3);
      v += d;
    }
    s0.mul(factor).intoArray(out, outAt);
    s1.mul(factor).intoArray(out, outAt + VL);
    s2.mul(factor).intoArray(out, outAt + 2 * VL);
    s3.mul(factor).intoArray(out, outAt + 3 * VL);
  }

  /** The same for one vector of columns. */
  private static void mixOne(
      int n, int d, float[] p, float factor, float[] values, int at, float[] out, int outAt) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int v = at;
    for (int k = 0; k < n; k++) {
      sum = FloatVector.fromArray(FLOATS, values, v).fma(FloatVector.broadcast(FLOATS, p[k]), sum);
      v += d;
    }
    sum.mul(factor).intoArray(out, outAt);
  }
}
