package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * out = W x + b for one row x, with quantised W in panels: codes are multiplied as they are, and
 * their sums scaled ({@link BlockDots}).
 */
final class BlockRowProduct {
  /**
   * Inputs whose scales are made together: with 512-bit vectors, 8 KiB, or 16 where parts are 16.
   */
  private static final int TOGETHER = 2048;

  private final Panels weight;
  private final BlockPanels blocks;

  /** The first and behind the last input of the parts that have the inputs of the row. */
  private final int begin;

  private final int end;

  /** The row, with zeros for inputs of those parts that are not the weight's, and its sums. */
  private final float[] x;

  private final float[] ofParts;

  private BlockRowProduct(Panels weight, BlockPanels blocks, Tensor row, Scratch scratch) {
    this.weight = weight;
    this.blocks = blocks;
    int part = blocks.format().part();
    int last = weight.from() + weight.inputs();
    begin = blocks.start(weight.from());
    end = Math.ceilDiv(last, part) * part;
    x = scratch.floats(Use.PACKED_INPUT, end - begin);
    Arrays.fill(x, 0, end - begin, 0);
    row.copyTo(0, x, weight.from() - begin, weight.inputs());
    ofParts = scratch.floats(Use.PART_SUMS, (end - begin) / part);
    for (int p = 0; p < (end - begin) / part; p++) {
      float sum = 0;
      for (int i = p * part; i < (p + 1) * part; i++) {
        sum += x[i];
      }
      ofParts[p] = sum;
    }
  }

  /** Writes x W^T + b into out; x is [1, in], out is [1, out]. */
  static void run(
      Tensor x,
      Panels weight,
      BlockPanels blocks,
      @Nullable Tensor bias,
      Tensor out,
      WorkerPool pool) {
    BlockRowProduct product = new BlockRowProduct(weight, blocks, x, pool.scratch());
    pool.run(weight.count(), (panel, scratch) -> product.panel(bias, out, panel, scratch));
  }

  private void panel(@Nullable Tensor bias, Tensor out, int panel, Scratch scratch) {
    float[] sums = scratch.floats(Use.SUMS, PANEL);
    Arrays.fill(sums, 0, PANEL, 0);
    for (int first = begin; first < end; first += TOGETHER) {
      int next = Math.min(first + TOGETHER, end);
      blocks.addProducts(panel, first, next, x, ofParts, begin, sums, scratch);
    }
    int from = panel * PANEL;
    int width = Math.min(PANEL, weight.outputs() - from);
    for (int i = 0; i < width; i++) {
      float b = bias == null ? 0 : bias.array()[bias.offset() + from + i];
      out.array()[out.offset() + from + i] = sums[i] + b;
    }
  }
}
