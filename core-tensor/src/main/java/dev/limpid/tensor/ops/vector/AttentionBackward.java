package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** The gradients of causal attention, as small matrix products like those of its forward pass. */
final class AttentionBackward {
  private AttentionBackward() {}

  /** Writes products of rows and values into out, as {@code TensorOps.patternBackward} says. */
  static void pattern(Tensor gradient, Tensor values, Tensor out, WorkerPool pool) {
    int nHeads = out.dim(0);
    int tq = out.dim(1);
    int tk = out.dim(2);
    int dHead = values.dim(2);
    int group = nHeads / values.dim(0);
    int perHead = Lanes.panels(tk);
    float[] packed =
        CausalAttention.packKeys(values, values.dim(0), dHead, tk, tk * dHead, dHead, pool);
    RowTiles tiles = new RowTiles(tq);
    pool.run(
        nHeads * tiles.count(),
        (item, scratch) -> {
          int tile = tiles.count() - 1 - item / nHeads;
          int h = item % nHeads;
          int height = tiles.height(tile);
          int real = tiles.realRows(tile);
          int panels = Lanes.panels(tiles.row(tile) + real + tk - tq);
          float[] rows = scratch.floats(Use.PACKED_TILE, height * dHead);
          int from = gradient.offset() + h * dHead;
          tiles.pack(tile, gradient.array(), from, gradient.dim(1), dHead, rows, 0, scratch);
          float[] zeros = CausalAttention.zeros(scratch);
          int stride = panels * PANEL;
          float[] products = scratch.floats(Use.SUMS, height * stride);
          for (int panel = 0; panel < panels; panel++) {
            int b = (h / group * perHead + panel) * dHead * PANEL;
            TileKernel.multiply(
                height,
                dHead,
                rows,
                0,
                height,
                packed,
                b,
                zeros,
                0,
                0,
                products,
                panel * PANEL,
                stride);
          }
          for (int r = 0; r < real; r++) {
            int row = tiles.row(tile) + r;
            int seen = row + 1 + tk - tq;
            int to = out.offset() + (h * tq + row) * tk;
            System.arraycopy(products, r * stride, out.array(), to, seen);
            Arrays.fill(out.array(), to + seen, to + tk, 0);
          }
        });
  }

  /** Writes what queries send to keys into out, as {@code TensorOps.attendTransposed} says. */
  static void transposed(Tensor pattern, Tensor rows, Tensor out, WorkerPool pool) {
    int nHeads = pattern.dim(0);
    int tq = pattern.dim(1);
    int tk = pattern.dim(2);
    int dHead = rows.dim(1) / nHeads;
    int nKvHeads = out.dim(1) / dHead;
    int group = nHeads / nKvHeads;
    int perHead = Lanes.panels(dHead);
    float[] packed =
        CausalAttention.packValues(
            rows, nHeads, dHead, tq, dHead, rows.dim(1), Use.PACKED_PANELS, pool);
    RowTiles tiles = new RowTiles(tk);
    pool.run(
        nKvHeads * tiles.count(),
        (item, scratch) -> {
          // The first keys are seen by most queries.
          int tile = item / nKvHeads;
          int kvHead = item % nKvHeads;
          int height = tiles.height(tile);
          int real = tiles.realRows(tile);
          int key = tiles.row(tile);
          int firstQuery = Math.max(0, key - tk + tq);
          int depth = tq - firstQuery;
          // A row of the pattern is a column of what is multiplied: whole tiles are read where they
          // are.
          int first = pattern.offset() + (kvHead * group * tq + firstQuery) * tk + key;
          float[] weights = pattern.array();
          int weightsAt = first;
          int stride = tk;
          int perGroup = tq * tk;
          if (real < height) {
            weights = scratch.floats(Use.PACKED_TILE, group * depth * height);
            weightsAt = 0;
            stride = height;
            perGroup = depth * height;
            for (int i = 0; i < group; i++) {
              int from = first + i * tq * tk;
              copy(pattern.array(), from, tk, depth, real, height, weights, i * perGroup);
            }
          }
          float[] zeros = CausalAttention.zeros(scratch);
          float[] sums = scratch.floats(Use.SUMS, height * PANEL);
          for (int panel = 0; panel < perHead; panel++) {
            for (int i = 0; i < group; i++) {
              int b = (((kvHead * group + i) * perHead + panel) * tq + firstQuery) * PANEL;
              TileKernel.multiply(
                  height,
                  depth,
                  weights,
                  weightsAt + i * perGroup,
                  stride,
                  packed,
                  b,
                  i == 0 ? zeros : sums,
                  0,
                  i == 0 ? 0 : PANEL,
                  sums,
                  0,
                  PANEL);
            }
            int n = Math.min(PANEL, dHead - panel * PANEL);
            for (int r = 0; r < real; r++) {
              int to = out.offset() + ((key + r) * nKvHeads + kvHead) * dHead + panel * PANEL;
              System.arraycopy(sums, r * PANEL, out.array(), to, n);
            }
          }
        });
  }

  /** Copies the first {@code real} columns of rows into rows of {@code height}, with zeros. */
  private static void copy(
      float[] x, int at, int stride, int rows, int real, int height, float[] out, int outAt) {
    for (int row = 0; row < rows; row++) {
      int to = outAt + row * height;
      System.arraycopy(x, at + row * stride, out, to, real);
      Arrays.fill(out, to + real, to + height, 0);
    }
  }

  /** Writes the gradient of a softmax into out, as {@code TensorOps.softmaxBackward} says. */
  static void softmax(Tensor pattern, Tensor gradient, float scale, Tensor out, WorkerPool pool) {
    int width = pattern.dim(2);
    Rowwise.forRows(
        pattern.dim(0) * pattern.dim(1),
        width,
        pool,
        row ->
            softmax(
                width,
                pattern.array(),
                pattern.offset() + row * width,
                gradient.array(),
                gradient.offset() + row * width,
                scale,
                out.array(),
                out.offset() + row * width));
  }

  private static void softmax(
      int n, float[] p, int pAt, float[] g, int gAt, float scale, float[] out, int outAt) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int whole = FLOATS.loopBound(n);
    for (int i = 0; i < whole; i += VL) {
      sum =
          FloatVector.fromArray(FLOATS, p, pAt + i)
              .fma(FloatVector.fromArray(FLOATS, g, gAt + i), sum);
    }
    float mean = Lanes.sum(sum);
    for (int i = whole; i < n; i++) {
      mean = Math.fma(p[pAt + i], g[gAt + i], mean);
    }
    for (int i = 0; i < whole; i += VL) {
      FloatVector.fromArray(FLOATS, g, gAt + i)
          .sub(mean)
          .mul(FloatVector.fromArray(FLOATS, p, pAt + i))
          .mul(scale)
          .intoArray(out, outAt + i);
    }
    for (int i = whole; i < n; i++) {
      out[outAt + i] = (g[gAt + i] - mean) * p[pAt + i] * scale;
    }
  }
}
