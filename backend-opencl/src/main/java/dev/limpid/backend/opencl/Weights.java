package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.Block;
import dev.limpid.tensor.blocks.BlockFormat;
import dev.limpid.tensor.ops.WeightLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Brings weights to a device, in the type and the order in which they are stored. */
final class Weights {
  /** What is put together of many rows before it crosses. */
  private static final long CHUNK = 16 << 20;

  private final Session session;

  Weights(Session session) {
    this.session = session;
  }

  /** Brings outputs {@code from} to {@code to} of a weight. */
  OpenClMatrix pack(Tensor weight, WeightLayout layout, int from, int to, boolean bothWays) {
    boolean outIn = layout == WeightLayout.OUT_IN;
    int outputs = to - from;
    int inputs = weight.dim(outIn ? 1 : 0);
    long elements = (long) outputs * inputs;
    boolean isWhole = outIn || outputs == weight.dim(1);
    Stored stored =
        weight
            .blocks()
            .filter(format -> isWhole)
            .map(format -> Stored.quantised(format, elements))
            .orElse(Stored.as(weight.dtype()));
    OpenClMemory memory = session.stay(stored.all(elements));
    if (stored.part() > 0) {
      uploadBlocks(outIn ? weight.rows(from, to) : weight, stored, memory.forWriting());
    } else if (outIn) {
      session.upload(weight.rows(from, to), memory.forWriting(), 0, true);
    } else if (outputs == weight.dim(1)) {
      session.upload(weight, memory.forWriting(), 0, true);
    } else {
      uploadColumns(weight, from, to, memory.forWriting());
    }
    return new OpenClMatrix(
        memory, stored, 0, outIn ? inputs : 1, outIn ? 1 : outputs, outputs, inputs, bothWays);
  }

  /** Takes blocks apart: for every element a number, for every part its scale and minimum. */
  private void uploadBlocks(Tensor weight, Stored stored, MemorySegment buffer) {
    BlockFormat format = weight.blocks().orElseThrow();
    long all = weight.size() / format.elements();
    int most = (int) Math.min(all, CHUNK / format.elements());
    if (all == 0) {
      return;
    }
    Block block = new Block(format);
    byte[] bytes = new byte[most * format.bytes()];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = arena.allocate((long) most * format.elements(), 64);
      MemorySegment pairs = arena.allocate((long) most * format.parts() * 8, 64);
      for (long first = 0; first < all; first += most) {
        int n = (int) Math.min(most, all - first);
        weight.copyBlocksTo(first, bytes, 0, n);
        for (int b = 0; b < n; b++) {
          block.read(bytes, b * format.bytes());
          for (int i = 0; i < format.elements(); i++) {
            values.set(ValueLayout.JAVA_BYTE, (long) b * format.elements() + i, block.value(i));
          }
          for (int p = 0; p < format.parts(); p++) {
            long at = ((long) b * format.parts() + p) * 2;
            pairs.setAtIndex(ValueLayout.JAVA_FLOAT, at, block.scaleOf(p));
            pairs.setAtIndex(ValueLayout.JAVA_FLOAT, at + 1, block.minimumOf(p));
          }
        }
        long elements = first * format.elements();
        session.upload(values.asSlice(0, (long) n * format.elements()), buffer, elements);
        long ofPairs = stored.pairs() + elements / stored.part() * 8;
        session.upload(pairs.asSlice(0, (long) n * format.parts() * 8), buffer, ofPairs);
      }
    }
  }

  private void uploadColumns(Tensor weight, int from, int to, MemorySegment buffer) {
    long width = (long) (to - from) * weight.dtype().bytes();
    if (width == 0) {
      return;
    }
    int rows = (int) Math.max(1, Math.min(weight.dim(0), CHUNK / width));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocate(rows * width, 64);
      for (int row = 0; row < weight.dim(0); row += rows) {
        int n = Math.min(rows, weight.dim(0) - row);
        for (int i = 0; i < n; i++) {
          weight.copyStoredTo(
              (long) (row + i) * weight.dim(1) + from, staged.asSlice(i * width, width));
        }
        session.upload(staged.asSlice(0, n * width), buffer, row * width);
      }
    }
  }
}
