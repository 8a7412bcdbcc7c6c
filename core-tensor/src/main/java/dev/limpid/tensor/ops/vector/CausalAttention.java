package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.ScoreRule;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Causal attention, as small matrix products: keys and values are brought into panels once, then
 * every tile of queries of every head is one work item, the longest rows first.
 */
final class CausalAttention {
  private CausalAttention() {}

  /** Writes softmax(q k^T * scale) into pattern, as {@code TensorOps.causalPattern} says. */
  static void pattern(
      Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern, WorkerPool pool) {
    int nHeads = shape.nHeads();
    int tq = queries.dim(0);
    int tk = keys.dim(0);
    int dHead = queries.dim(1) / nHeads;
    int perHead = Lanes.panels(tk);
    float[] packedKeys = packKeys(keys, shape.nKvHeads(), dHead, tk, dHead, keys.dim(1), pool);
    RowTiles tiles = new RowTiles(tq);
    pool.run(
        nHeads * tiles.count(),
        (item, scratch) -> {
          int tile = tiles.count() - 1 - item / nHeads;
          int h = item % nHeads;
          int height = tiles.height(tile);
          int real = tiles.realRows(tile);
          int seen = tiles.row(tile) + real + tk - tq; // by the last row of the tile
          int panels = Lanes.panels(seen);
          // No row of the tile sees a key before those that its first row sees.
          int firstPanel = shape.firstKey(tiles.row(tile) + tk - tq) / PANEL;
          float[] q = scratch.floats(Use.PACKED_TILE, height * dHead);
          int qAt = queries.offset() + h * dHead;
          tiles.pack(tile, queries.array(), qAt, queries.dim(1), dHead, q, 0, scratch);
          float[] zeros = zeros(scratch);
          int stride = panels * PANEL;
          float[] scores = scratch.floats(Use.SUMS, height * stride);
          int keysAt = shape.keyHead(h) * perHead * dHead * PANEL;
          for (int panel = firstPanel; panel < panels; panel++) {
            int b = keysAt + panel * dHead * PANEL;
            TileKernel.multiply(
                height,
                dHead,
                q,
                0,
                height,
                packedKeys,
                b,
                zeros,
                0,
                0,
                scores,
                panel * PANEL,
                stride);
          }
          for (int r = 0; r < real; r++) {
            int row = tiles.row(tile) + r;
            int end = row + 1 + tk - tq;
            int start = shape.firstKey(end - 1);
            int aligned = FLOATS.loopBound(start);
            int at = r * stride + aligned;
            // The scores of one vector are read together: those before the window count nothing.
            Arrays.fill(scores, at, r * stride + start, Float.NEGATIVE_INFINITY);
            float inverse = probabilities(shape, h, scores, at, end - aligned, aligned);
            int to = pattern.offset() + (h * tq + row) * tk;
            scale(scores, r * stride + start, end - start, inverse, pattern.array(), to + start);
            Arrays.fill(pattern.array(), to, to + start, 0);
            Arrays.fill(pattern.array(), to + end, to + tk, 0);
          }
        });
  }

  /**
   * Packs the first n keys of every head: [K][panel of keys][d][PANEL].
   *
   * @param betweenHeads elements from a key of one head to that of the next
   * @param betweenKeys elements from one key to the next
   */
  static float[] packKeys(
      Tensor keys,
      int heads,
      int dHead,
      int n,
      int betweenHeads,
      int betweenKeys,
      WorkerPool pool) {
    int perHead = Lanes.panels(n);
    float[] packed = pool.scratch().floats(Use.PACKED_PANELS, heads * perHead * dHead * PANEL);
    pool.run(
        heads * perHead,
        (item, scratch) -> {
          int first = item % perHead * PANEL;
          int at = keys.offset() + first * betweenKeys + item / perHead * betweenHeads;
          int real = Math.min(PANEL, n - first);
          int to = item * dHead * PANEL;
          Turning.turn(keys.array(), at, betweenKeys, real, dHead, PANEL, packed, to, scratch);
        });
    return packed;
  }

  /**
   * Packs the first n values of every head: [K][panel of columns][n][PANEL].
   *
   * @param values [K, at least n, d]
   */
  static float[] packValues(Tensor values, int n, Use use, WorkerPool pool) {
    int dHead = values.dim(2);
    return packValues(values, values.dim(0), dHead, n, values.dim(1) * dHead, dHead, use, pool);
  }

  /**
   * Packs the first n values of every head: [heads][panel of columns][n][PANEL].
   *
   * @param betweenHeads elements from a value of one head to that of the next
   * @param betweenValues elements from one value to the next
   */
  static float[] packValues(
      Tensor values,
      int heads,
      int dHead,
      int n,
      int betweenHeads,
      int betweenValues,
      Use use,
      WorkerPool pool) {
    int perHead = Lanes.panels(dHead);
    float[] packed = pool.scratch().floats(use, heads * perHead * n * PANEL);
    pool.run(
        heads * perHead,
        (item, scratch) -> {
          int first = item % perHead * PANEL;
          int width = Math.min(PANEL, dHead - first);
          int at = values.offset() + item / perHead * betweenHeads + first;
          int to = item * n * PANEL;
          for (int k = 0; k < n; k++) {
            System.arraycopy(values.array(), at + k * betweenValues, packed, to + k * PANEL, width);
            Arrays.fill(packed, to + k * PANEL + width, to + (k + 1) * PANEL, 0);
          }
        });
    return packed;
  }

  /**
   * Replaces n scores by e^(scale (score - largest)), and returns one over their sum. There must be
   * room for whole vectors.
   */
  static float exponentials(float[] scores, int at, int n, float scale) {
    int padded = FLOATS.loopBound(n + VL - 1);
    Arrays.fill(scores, at + n, at + padded, Float.NEGATIVE_INFINITY);
    FloatVector largest = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    for (int i = at; i < at + padded; i += VL) {
      FloatVector score = FloatVector.fromArray(FLOATS, scores, i);
      VectorMask<Float> greater = score.compare(VectorOperators.GT, largest);
      largest = largest.blend(score, greater);
    }
    float max = largest.reduceLanes(VectorOperators.MAX);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = at; i < at + padded; i += VL) {
      FloatVector score = FloatVector.fromArray(FLOATS, scores, i);
      FloatVector e = VectorMath.exp(score.sub(max).mul(scale));
      e.intoArray(scores, i);
      sum = sum.add(e);
    }
    // The padding has added e^-87 a lane, which is nothing beside the 1 of the largest score.
    return 1 / Lanes.sum(sum);
  }

  /**
   * Replaces the products of a query with n keys by e^(score - largest), and returns what makes
   * probabilities of them.
   *
   * @param firstKey the key of the first product
   */
  static float probabilities(
      AttentionShape shape, int head, float[] scores, int at, int n, int firstKey) {
    ScoreRule rule = shape.rule();
    if (rule.isPlain()) {
      return exponentials(scores, at, n, shape.scale());
    }
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      if (scores[at + i] > Float.NEGATIVE_INFINITY) {
        scores[at + i] =
            (float) rule.of(head, firstKey + i, scores[at + i] * shape.scale(), shape.scale());
        largest = Math.max(largest, scores[at + i]);
      }
    }
    float inverse = exponentials(scores, at, n, 1);
    return (float) (1 / (1.0 / inverse + rule.sink(head, largest)));
  }

  /** Writes n elements of x times a factor into out. */
  static void scale(float[] x, int at, int n, float factor, float[] out, int outAt) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector.fromArray(FLOATS, x, at + i).mul(factor).intoArray(out, outAt + i);
    }
    for (; i < n; i++) {
      out[outAt + i] = x[at + i] * factor;
    }
  }

  /** Writes sum over k of pattern[h, q, k] values[h / (H / K), k] into out [Tq, H * d]. */
  static void attend(Tensor pattern, Tensor values, Tensor out, WorkerPool pool) {
    int nHeads = pattern.dim(0);
    int tq = pattern.dim(1);
    int tk = pattern.dim(2);
    int nKvHeads = values.dim(0);
    int dHead = values.dim(2);
    int perHead = Lanes.panels(dHead);
    float[] packedValues = packValues(values, tk, Use.PACKED_PANELS, pool);
    RowTiles tiles = new RowTiles(tq);
    pool.run(
        nHeads * tiles.count(),
        (item, scratch) -> {
          int tile = tiles.count() - 1 - item / nHeads;
          int h = item % nHeads;
          int height = tiles.height(tile);
          int real = tiles.realRows(tile);
          int seen = tiles.row(tile) + real + tk - tq;
          float[] p = scratch.floats(Use.PACKED_TILE, height * seen);
          int pAt = pattern.offset() + h * tq * tk;
          tiles.pack(tile, pattern.array(), pAt, tk, seen, p, 0, scratch);
          float[] zeros = zeros(scratch);
          float[] sums = scratch.floats(Use.SUMS, height * PANEL);
          int valuesAt = h / (nHeads / nKvHeads) * perHead * tk * PANEL;
          for (int panel = 0; panel < perHead; panel++) {
            int b = valuesAt + panel * tk * PANEL;
            TileKernel.multiply(
                height, seen, p, 0, height, packedValues, b, zeros, 0, 0, sums, 0, PANEL);
            int n = Math.min(PANEL, dHead - panel * PANEL);
            for (int r = 0; r < real; r++) {
              int row = tiles.row(tile) + r;
              int to = out.offset() + (row * nHeads + h) * dHead + panel * PANEL;
              System.arraycopy(sums, r * PANEL, out.array(), to, n);
            }
          }
        });
  }

  static float[] zeros(Scratch scratch) {
    float[] zeros = scratch.floats(Use.BIAS, PANEL);
    Arrays.fill(zeros, 0, PANEL, 0);
    return zeros;
  }
}
