package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.Block;
import dev.limpid.tensor.blocks.BlockFormat;

/** Brings stored blocks into {@link BlockPanels}: the same bits in another order. */
final class BlockPacker {
  private final Tensor weight;
  private final BlockFormat format;
  private final int from;
  private final int outputs;
  private final BlockPanels panels;

  private BlockPacker(Tensor weight, int from, int to) {
    this.weight = weight;
    this.format = weight.blocks().orElseThrow();
    this.from = from;
    this.outputs = to - from;
    this.panels = BlockPanels.zeros(format, weight.dim(1), outputs);
  }

  /** Returns outputs {@code from} to {@code to} of a weight [out, in], packed. */
  static BlockPanels pack(Tensor weight, int from, int to, WorkerPool pool) {
    BlockPacker packer = new BlockPacker(weight, from, to);
    pool.run(Lanes.panels(to - from), packer::fill);
    return packer.panels;
  }

  private void fill(int panel, Scratch scratch) {
    int blocks = panels.blocks();
    byte[] row = scratch.bytes(blocks * format.bytes());
    Block block = new Block(format);
    for (int lane = 0; lane < Math.min(PANEL, outputs - panel * PANEL); lane++) {
      weight.copyBlocksTo((long) (from + panel * PANEL + lane) * blocks, row, 0, blocks);
      for (int b = 0; b < blocks; b++) {
        block.read(row, b * format.bytes());
        int at = panel * blocks + b;
        putHalf(block.d(), panels.d(), at, lane);
        if (format.hasMinimum()) {
          putHalf(block.m(), panels.m(), at, lane);
        }
        putFactors(block, at, lane);
        putCodes(block, at, lane);
      }
    }
  }

  private static void putHalf(short bits, float[] halves, int block, int lane) {
    int at = block * VL + lane % VL;
    int half = lane < VL ? bits & 0xffff : bits << Short.SIZE;
    halves[at] = Float.intBitsToFloat(Float.floatToRawIntBits(halves[at]) | half);
  }

  private void putFactors(Block block, int at, int lane) {
    if (format.parts() == 1) {
      return;
    }
    int words = BlockPanels.factorWords(format);
    for (int part = 0; part < format.parts(); part++) {
      int word = (at * words + part / 4) * PANEL + lane;
      int up = part % 4 * Byte.SIZE;
      panels.dOf()[word] |= (block.scale(part) & 0xff) << up;
      if (format.hasMinimum()) {
        panels.mOf()[word] |= (block.minimum(part) & 0xff) << up;
      }
    }
  }

  private void putCodes(Block block, int at, int lane) {
    BlockPanels.Layout layout = panels.layout();
    int elements = format.elements();
    int low = at * layout.lowWords(elements) * PANEL + lane;
    int high = at * layout.highWords(elements) * PANEL + lane;
    boolean looksUp = format.codes().hasTable() && layout.table().length == 0;
    for (int i = 0; i < elements; i++) {
      int code = looksUp ? block.value(i) : block.code(i);
      put(code, layout.low(), i, panels.low(), low);
      if (layout.high() > 0) {
        put(code >> layout.low(), layout.high(), i, panels.high(), high);
      }
    }
  }

  private static void put(int code, int bits, int element, int[] words, int first) {
    int each = Integer.SIZE / bits;
    int up = Integer.SIZE - bits * (1 + element % each);
    words[first + element / each * PANEL] |= (code & ((1 << bits) - 1)) << up;
  }
}
