package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionShape;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;

/**
 * Attention of many queries over a cache of keys and values: as in {@link CausalAttention}, but the
 * probabilities of a tile of queries last only until its values are mixed. A prompt of T tokens
 * takes no memory of size T^2.
 */
final class CachedTiles {
  private final Tensor queries;
  private final Tensor out;
  private final AttentionShape shape;
  private final int nKeys;
  private final int dHead;
  private final RowTiles tiles;
  private final float[] packedKeys;
  private final float[] packedValues;

  private CachedTiles(
      Tensor queries,
      Tensor keys,
      Tensor values,
      int nKeys,
      AttentionShape shape,
      Tensor out,
      WorkerPool pool) {
    this.queries = queries;
    this.out = out;
    this.shape = shape;
    this.nKeys = nKeys;
    dHead = keys.dim(2);
    tiles = new RowTiles(queries.dim(0));
    int headSize = keys.dim(1) * dHead;
    packedKeys = CausalAttention.packKeys(keys, keys.dim(0), dHead, nKeys, headSize, dHead, pool);
    packedValues = CausalAttention.packValues(values, nKeys, Use.PACKED_VALUES, pool);
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
    CachedTiles attention = new CachedTiles(queries, keys, values, nKeys, shape, out, pool);
    int nHeads = shape.nHeads();
    int count = attention.tiles.count();
    // The last tile has the longest rows.
    pool.run(
        nHeads * count,
        (item, scratch) -> attention.tile(count - 1 - item / nHeads, item % nHeads, scratch));
  }

  private void tile(int tile, int h, Scratch scratch) {
    int own = nKeys - queries.dim(0) + tiles.row(tile); // the own key of the first row
    int end = own + tiles.realRows(tile);
    int firstPanel = shape.firstKey(own) / PANEL; // no row sees a key before it
    int first = firstPanel * PANEL;
    int stride = Lanes.panels(end) * PANEL - first;
    int height = tiles.height(tile);
    float[] scores = scratch.floats(Use.SUMS, height * stride);
    scores(tile, h, firstPanel, stride, scores, scratch);
    for (int r = 0; r < tiles.realRows(tile); r++) {
      int last = own + r;
      int from = shape.firstKey(last) - first;
      probabilities(h, scores, r * stride, stride, first, from, last + 1 - first);
    }
    mix(tile, h, first, end - first, stride, scores, scratch);
  }

  /** Writes the products of the queries of a tile with their keys into scores [height, stride]. */
  private void scores(
      int tile, int h, int firstPanel, int stride, float[] scores, Scratch scratch) {
    int height = tiles.height(tile);
    float[] q = scratch.floats(Use.PACKED_TILE, height * dHead);
    int qAt = queries.offset() + h * dHead;
    tiles.pack(tile, queries.array(), qAt, queries.dim(1), dHead, q, 0, scratch);
    float[] zeros = CausalAttention.zeros(scratch);
    int keysAt = (shape.keyHead(h) * Lanes.panels(nKeys) + firstPanel) * dHead * PANEL;
    for (int at = 0; at < stride; at += PANEL) {
      int b = keysAt + at * dHead;
      TileKernel.multiply(
          height, dHead, q, 0, height, packedKeys, b, zeros, 0, 0, scores, at, stride);
    }
  }

  /**
   * Replaces a row of scores by probabilities of the keys in [from, to), and zeros around them.
   *
   * @param firstKey the key that the row begins with
   */
  private void probabilities(
      int h, float[] scores, int at, int stride, int firstKey, int from, int to) {
    int aligned = FLOATS.loopBound(from);
    Arrays.fill(scores, at + aligned, at + from, Float.NEGATIVE_INFINITY);
    float inverse =
        CausalAttention.probabilities(
            shape, h, scores, at + aligned, to - aligned, firstKey + aligned);
    CausalAttention.scale(scores, at + from, to - from, inverse, scores, at + from);
    Arrays.fill(scores, at, at + from, 0);
    Arrays.fill(scores, at + to, at + stride, 0);
  }

  /** Mixes the values of n keys from {@code first} on, for every row of a tile. */
  private void mix(int tile, int h, int first, int n, int stride, float[] scores, Scratch scratch) {
    int height = tiles.height(tile);
    int real = tiles.realRows(tile);
    float[] p = scratch.floats(Use.PACKED_TILE, height * n);
    Turning.turn(scores, 0, stride, real, n, height, p, 0, scratch);
    float[] zeros = CausalAttention.zeros(scratch);
    float[] sums = scratch.floats(Use.MIXED, height * PANEL);
    int perHead = Lanes.panels(dHead);
    for (int panel = 0; panel < perHead; panel++) {
      int b = ((shape.keyHead(h) * perHead + panel) * nKeys + first) * PANEL;
      TileKernel.multiply(height, n, p, 0, height, packedValues, b, zeros, 0, 0, sums, 0, PANEL);
      int width = Math.min(PANEL, dHead - panel * PANEL);
      for (int r = 0; r < real; r++) {
        int row = tiles.row(tile) + r;
        int to = out.offset() + (row * shape.nHeads() + h) * dHead + panel * PANEL;
        System.arraycopy(sums, r * PANEL, out.array(), to, width);
      }
    }
  }
}
