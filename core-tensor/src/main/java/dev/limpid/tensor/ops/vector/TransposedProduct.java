package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;

/**
 * out = x W for many rows, with W [outputs, inputs] in panels of outputs, as it is stored: computed
 * as out^T = W^T x^T.
 *
 * <p>Elements of W meet vectors of positions, so that what would have to be turned over is x and
 * out, a few hundred rows, and not the weights. A few inputs at a time are multiplied with all
 * positions, one block of outputs after the other; a block of {@link Lanes#PANEL} positions stays
 * in the first cache while tiles of weights pass by, and these in the second until all positions
 * have been. While they do, memory is asked for the next ones. The bits are those of {@link
 * MatrixProduct} with {@link TurnedPanels}.
 */
final class TransposedProduct {
  /** Whole tiles, whole vectors when sums are turned. */
  private static final int UNIT = Math.max(TransposedKernel.HEIGHT, VL);

  /** Inputs of an item at most: their weights in a block of outputs stay in the second cache. */
  private static final int TOGETHER = 4 * UNIT;

  private final Panels weight;
  private final float[] x;
  private final int xAt;
  private final int rows;
  private final float[] out;
  private final int outAt;
  private final int[] starts;
  private final int together;
  private final int threads;
  private final float[] packed;

  private TransposedProduct(
      Tensor x, int row, int rows, Panels weight, Tensor out, WorkerPool pool) {
    this.weight = weight;
    this.x = x.array();
    this.xAt = x.offset() + row * weight.outputs();
    this.rows = rows;
    this.out = out.array();
    this.outAt = out.offset() + row * weight.inputs();
    this.starts = MatrixProduct.starts(weight.outputs(), PANEL);
    int each = weight.inputs() / MatrixProduct.ITEMS;
    this.together = Math.clamp(each - each % UNIT, UNIT, TOGETHER);
    this.threads = pool.threads();
    int size = Lanes.panels(rows) * Lanes.panels(weight.outputs()) * PANEL * PANEL;
    this.packed = pool.scratch().floats(Use.PACKED_INPUT, size);
  }

  /**
   * Returns whether this is the better way: machines have the registers, and positions fill vectors
   * so well that what is computed in vain costs less than turning the weights. Those in half
   * precision are turned two at a time, for half the price.
   */
  static boolean isBetter(int rows, Panels weight) {
    int padded = Lanes.panels(rows) * PANEL;
    return TileKernel.HIGH == TransposedKernel.HEIGHT
        && weight.inputs() % UNIT == 0
        && 10 * padded <= (weight.holdsFloats() ? 20 : 11) * rows;
  }

  /** Writes x W into out [T, inputs]. */
  static void run(Tensor x, Panels weight, Tensor out, WorkerPool pool) {
    int t = x.dim(0);
    int passes = Math.ceilDiv(t, MatrixProduct.ROWS);
    for (int pass = 0; pass < passes; pass++) {
      int row = (int) ((long) t * pass / passes);
      int next = (int) ((long) t * (pass + 1) / passes);
      new TransposedProduct(x, row, next - row, weight, out, pool).run(pool);
    }
  }

  private void run(WorkerPool pool) {
    int panels = Lanes.panels(rows);
    pool.run(panels * blocks(), (item, scratch) -> pack(item / panels, item % panels, scratch));
    pool.run(
        Math.ceilDiv(weight.inputs(), together),
        (item, scratch) -> {
          int first = item * together;
          multiply(first, Math.min(first + together, weight.inputs()), scratch);
        });
  }

  private int blocks() {
    return starts.length - 1;
  }

  private int depth(int block) {
    return starts[block + 1] - starts[block];
  }

  /** Returns the panels of outputs in a block; the last one may be filled up with zeros. */
  private int sources(int block) {
    return Lanes.panels(depth(block));
  }

  /** Returns where the outputs of a block are for a panel of positions, [depth][PANEL]. */
  private int packedAt(int block, int panel) {
    int before = starts[block] * Lanes.panels(rows) * PANEL;
    return before + panel * sources(block) * PANEL * PANEL;
  }

  private void pack(int block, int panel, Scratch scratch) {
    int n = depth(block);
    int at = xAt + panel * PANEL * weight.outputs() + starts[block];
    int packedAt = packedAt(block, panel);
    Turning.turn(x, at, weight.outputs(), real(panel), n, PANEL, packed, packedAt, scratch);
    Arrays.fill(packed, packedAt + n * PANEL, packedAt + sources(block) * PANEL * PANEL, 0);
  }

  /** Returns the positions of a panel that are there. */
  private int real(int panel) {
    return Math.min(PANEL, rows - panel * PANEL);
  }

  /** Writes inputs {@code from} (inclusive) to {@code to} (exclusive) of all positions. */
  private void multiply(int from, int to, Scratch scratch) {
    int n = to - from;
    int panels = Lanes.panels(rows);
    float[] sums = scratch.floats(Use.SUMS, n * panels * PANEL);
    float[] zeros = CausalAttention.zeros(scratch);
    int tiles = n / TransposedKernel.HEIGHT;
    for (int block = 0; block < blocks(); block++) {
      boolean first = block == 0;
      Weights left = weights(block, from, to, scratch);
      Next next = next(block, from, to, panels * tiles);
      for (int panel = 0; panel < panels; panel++) {
        for (int tile = 0; tile < tiles; tile++) {
          int tileSums = (panel * n + tile * TransposedKernel.HEIGHT) * PANEL;
          TransposedKernel.multiply(
              sources(block) * PANEL,
              left.elements(),
              left.at() + tile * TransposedKernel.HEIGHT * PANEL,
              left.stride(),
              packed,
              packedAt(block, panel),
              first ? zeros : sums,
              first ? 0 : tileSums,
              first ? 0 : PANEL,
              sums,
              tileSums);
          next.ask(panel * tiles + tile);
        }
      }
    }
    for (int panel = 0; panel < panels; panel++) {
      int sumsAt = panel * n * PANEL;
      int first = outAt + panel * PANEL * weight.inputs() + from;
      Turning.turnInto(sums, sumsAt, PANEL, n, real(panel), out, first, weight.inputs(), scratch);
    }
  }

  /** The weights of some inputs in a block of outputs, panels {@code stride} apart. */
  private record Weights(float[] elements, int at, int stride) {}

  /** Returns them as they are stored, or widened. */
  private Weights weights(int block, int from, int to, Scratch scratch) {
    int source = starts[block] / PANEL;
    int n = to - from;
    if (weight.holdsFloats()) {
      return new Weights(weight.elements(), weight.at(source, from), weight.stride() * PANEL);
    }
    float[] widened = scratch.floats(Use.WIDENED, sources(block) * n * PANEL);
    for (int i = 0; i < sources(block); i++) {
      weight.widen(source + i, from, n, widened, i * n * PANEL, scratch);
    }
    return new Weights(widened, 0, n * PANEL);
  }

  /**
   * Returns what memory is asked for while a block is multiplied: the weights of the next; behind
   * the last block those of the item that this thread is likely to take next.
   */
  private Next next(int block, int from, int to, int calls) {
    boolean last = block == blocks() - 1;
    // Whoever is there pulls items: the next of this thread is as far off as there are threads.
    int first = last ? from + threads * together : from;
    if (!Ahead.WORKS || first >= weight.inputs()) {
      return new Next(weight, 0, 0, 0, 0, 1);
    }
    int next = last ? 0 : block + 1;
    int stored = weight.stored(last ? Math.min(together, weight.inputs() - first) : to - from);
    int each = Math.max(1, calls / Math.max(1, sources(next)));
    return new Next(weight, starts[next] / PANEL, sources(next), first, stored, each);
  }

  /**
   * The weights of some inputs in some panels of outputs, which calls of the kernel ask for in
   * turn. Where there are fewer calls than panels, the last panels are not asked for.
   *
   * @param stored how many vectors there are in a panel
   * @param calls how many share a panel
   */
  private record Next(Panels weight, int source, int sources, int first, int stored, int calls) {
    /** Asks for the vectors that belong to a call. */
    void ask(int call) {
      int source = call / calls;
      int from = stored * (call % calls) / calls;
      int to = stored * (call % calls + 1) / calls;
      if (source < sources && from < to) {
        weight.ask(this.source + source, first, from, to);
      }
    }
  }
}
