package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * out = x W^T + b for several rows, with W in panels.
 *
 * <p>The rows are packed into tiles once. Then a few panels at a time are multiplied with all of
 * them, one block of inputs after the other: that block of a panel stays in the first cache while
 * the tiles of the rows pass by, and the block of the rows stays in the second. Weights in half
 * precision are decoded a block at a time, those that are read against their direction turned.
 * While a block is multiplied, memory is asked for the next: the processor asks by itself only
 * within a page.
 */
final class MatrixProduct {
  /** Inputs in a block: with 512-bit vectors, 32 KiB of a panel. */
  private static final int DEPTH = 256;

  /** Rows multiplied in one pass over the weights, so that a block of them stays in cache. */
  static final int ROWS = 480;

  private static final int PANELS_TOGETHER = 4;

  /** Enough work items to share evenly between a few threads. */
  static final int ITEMS = 16;

  private static final float[] NOTHING = {};

  private final RightOperand weight;
  private final float[] x;
  private final int xAt;
  private final @Nullable Tensor bias;
  private final float[] out;
  private final int outAt;
  private final RowTiles tiles;

  /** The first input of every block, and the number of inputs: divisions cost more than reads. */
  private final int[] starts;

  private final float[] packed;

  private MatrixProduct(
      Tensor x,
      int row,
      RowTiles tiles,
      RightOperand weight,
      @Nullable Tensor bias,
      Tensor out,
      Scratch scratch) {
    this.weight = weight;
    this.x = x.array();
    this.xAt = x.offset() + row * weight.inputs();
    this.bias = bias;
    this.out = out.array();
    this.outAt = out.offset() + row * weight.outputs();
    this.tiles = tiles;
    this.starts = starts(weight.inputs(), weight.grain());
    this.packed = scratch.floats(Use.PACKED_INPUT, tiles.paddedRows() * weight.inputs());
  }

  /** Writes x W^T + b into out [T, out]. */
  static void run(
      Tensor x, RightOperand weight, @Nullable Tensor bias, Tensor out, WorkerPool pool) {
    int t = x.dim(0);
    int passes = Math.ceilDiv(t, ROWS);
    for (int pass = 0; pass < passes; pass++) {
      int row = (int) ((long) t * pass / passes);
      int next = (int) ((long) t * (pass + 1) / passes);
      RowTiles tiles = new RowTiles(next - row);
      new MatrixProduct(x, row, tiles, weight, bias, out, pool.scratch()).run(pool);
    }
  }

  private void run(WorkerPool pool) {
    pool.run(tiles.count(), this::packTile);
    int together = Math.clamp(weight.count() / ITEMS, 1, PANELS_TOGETHER);
    pool.run(
        Math.ceilDiv(weight.count(), together),
        (item, scratch) -> {
          int first = item * together;
          multiply(first, Math.min(first + together, weight.count()), scratch);
        });
  }

  /** Cuts the inputs into blocks of nearly equal length, all but the last of whole grains. */
  static int[] starts(int inputs, int grain) {
    // No inputs at all are one block of none: the result is the bias.
    int blocks = Math.max(1, Math.ceilDiv(inputs, DEPTH));
    int[] starts = new int[blocks + 1];
    for (int block = 0; block < blocks; block++) {
      int start = (int) ((long) inputs * block / blocks);
      starts[block] = start - start % grain;
    }
    starts[blocks] = inputs;
    return starts;
  }

  private int blocks() {
    return starts.length - 1;
  }

  private int depth(int block) {
    return starts[block + 1] - starts[block];
  }

  /** Returns where a tile of a block of inputs is in {@link #packed}. */
  private int packedAt(int block, int tile) {
    return starts[block] * tiles.paddedRows() + tiles.row(tile) * depth(block);
  }

  private void packTile(int tile, Scratch scratch) {
    for (int block = 0; block < blocks(); block++) {
      int first = starts[block];
      int n = depth(block);
      tiles.pack(tile, x, xAt + first, weight.inputs(), n, packed, packedAt(block, tile), scratch);
    }
  }

  /** Writes the outputs of panels {@code from} to {@code to}. */
  private void multiply(int from, int to, Scratch scratch) {
    int rows = tiles.paddedRows();
    float[] sums = scratch.floats(Use.SUMS, (to - from) * rows * PANEL);
    float[] start = scratch.floats(Use.BIAS, PANEL);
    for (int block = 0; block < blocks(); block++) {
      int first = starts[block];
      int depth = depth(block);
      RightOperand.Blocks elements = weight.blocks(from, to, first, depth, scratch);
      for (int panel = from; panel < to; panel++) {
        float[] b = elements.of(panel);
        int at = elements.at(panel);
        int sumsAt = (panel - from) * rows * PANEL;
        if (block == 0) {
          copyBias(panel, start);
        }
        Next next = next(block, panel, from, to);
        multiplyBlock(block, panel, depth, b, at, start, sums, sumsAt, next);
      }
    }
  }

  /** Returns the block that is read after one, so that memory can be asked for it meanwhile. */
  private Next next(int block, int panel, int from, int to) {
    if (weight.readsTogether()) {
      return next(block + 1, panel);
    }
    return panel + 1 < to ? next(block, panel + 1) : next(block + 1, from);
  }

  /** Behind the last block, there is nothing to ask for. */
  private Next next(int block, int panel) {
    if (!Ahead.WORKS || block == blocks()) {
      return new Next(weight, panel, 0, 0, 1);
    }
    int stored = weight.stored(depth(block));
    // In kernels, a vector for two inputs.
    int asking = weight.readsTogether() ? tiles.count() : Math.ceilDiv(2 * stored, DEPTH);
    return new Next(weight, panel, starts[block], stored, Math.clamp(asking, 1, tiles.count()));
  }

  /**
   * A block that memory is asked for while tiles of the one before pass.
   *
   * @param stored how many vectors it has, 0 where there is nothing to ask for
   * @param tiles how many of the tiles ask for it, the first
   */
  private record Next(RightOperand weight, int panel, int first, int stored, int tiles) {
    /** Returns the first vector that a tile asks for. */
    int from(int tile) {
      return stored * Math.min(tile, tiles) / tiles;
    }

    /** Asks for the vectors that belong to a tile. */
    void ask(int tile) {
      if (from(tile) < from(tile + 1)) {
        weight.ask(panel, first, from(tile), from(tile + 1));
      }
    }

    /**
     * Returns how many floats the kernel goes on by for every two inputs when it asks; 0 where it
     * cannot.
     *
     * @param depth inputs of the tile
     */
    int step(int tile, int height, int depth) {
      int n = from(tile + 1) - from(tile);
      if (n == 0 || height != TileKernel.HIGH || depth < 2 || weight.readsTogether()) {
        return 0;
      }
      return at(tile) + (n + 1) * VL > elements().length ? 0 : n * VL / (depth / 2);
    }

    /** Returns what the kernel asks for, from {@link #at} on; nothing where it cannot. */
    float[] elements() {
      return weight instanceof Panels panels ? panels.elements() : NOTHING;
    }

    int at(int tile) {
      return weight instanceof Panels panels ? panels.at(panel, first) + from(tile) * VL : 0;
    }
  }

  /** Adds one block of inputs of one panel to the sums, or writes them out after the last block. */
  private void multiplyBlock(
      int block,
      int panel,
      int depth,
      float[] b,
      int bAt,
      float[] bias,
      float[] sums,
      int sumsAt,
      Next next) {
    boolean first = block == 0;
    boolean last = block == blocks() - 1;
    int outputs = weight.outputs();
    int width = Math.min(PANEL, outputs - panel * PANEL);
    for (int tile = 0; tile < tiles.count(); tile++) {
      int height = tiles.height(tile);
      int tileSums = sumsAt + tiles.row(tile) * PANEL;
      int tileOut = outAt + tiles.row(tile) * outputs + panel * PANEL;
      boolean direct = last && width == PANEL && tiles.realRows(tile) == height;
      int step = next.step(tile, height, depth);
      TileKernel.multiply(
          height,
          depth,
          packed,
          packedAt(block, tile),
          height,
          b,
          bAt,
          first ? bias : sums,
          first ? 0 : tileSums,
          first ? 0 : PANEL,
          direct ? out : sums,
          direct ? tileOut : tileSums,
          direct ? outputs : PANEL,
          next.elements(),
          next.at(tile),
          step);
      if (step == 0) {
        next.ask(tile);
      }
      if (last && !direct) {
        for (int r = 0; r < tiles.realRows(tile); r++) {
          System.arraycopy(sums, tileSums + r * PANEL, out, tileOut + r * outputs, width);
        }
      }
    }
  }

  private void copyBias(int panel, float[] start) {
    if (bias == null) {
      Arrays.fill(start, 0, PANEL, 0);
      return;
    }
    int from = panel * PANEL;
    int width = Math.min(PANEL, weight.outputs() - from);
    System.arraycopy(bias.array(), bias.offset() + from, start, 0, width);
    Arrays.fill(start, width, PANEL, 0);
  }
}
