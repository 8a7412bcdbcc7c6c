package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;

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
  private static final int ROWS = 480;

  private static final int PANELS_TOGETHER = 4;

  /** Enough work items to share evenly between a few threads. */
  private static final int ITEMS = 16;

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
    this.starts = starts(weight);
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
  private static int[] starts(RightOperand weight) {
    // No inputs at all are one block of none: the result is the bias.
    int blocks = Math.max(1, Math.ceilDiv(weight.inputs(), DEPTH));
    int[] starts = new int[blocks + 1];
    for (int block = 0; block < blocks; block++) {
      int start = (int) ((long) weight.inputs() * block / blocks);
      starts[block] = start - start % weight.grain();
    }
    starts[blocks] = weight.inputs();
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
        boolean stays = panel + 1 < to;
        Next next = next(stays ? panel + 1 : from, stays ? block : block + 1);
        multiplyBlock(block, panel, depth, b, at, start, sums, sumsAt, next);
      }
    }
  }

  /**
   * The block that is read after the present one, which memory is asked for while the tiles pass, a
   * little after each.
   *
   * @param stored how many vectors it has, 0 where there is nothing to ask for
   */
  private record Next(RightOperand weight, int panel, int first, int stored, int tiles) {
    void ask(int tile) {
      if (stored > 0) {
        weight.ask(panel, first, stored * tile / tiles, stored * (tile + 1) / tiles);
      }
    }
  }

  /** Returns a block that may be one behind the last: there, nothing is asked for. */
  private Next next(int panel, int block) {
    int stored = Ahead.WORKS && block < blocks() ? weight.stored(depth(block)) : 0;
    return new Next(weight, panel, starts[Math.min(block, blocks())], stored, tiles.count());
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
          direct ? outputs : PANEL);
      next.ask(tile);
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
