package dev.limpid.backend.opencl;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.WeightLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

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
    OpenClMemory memory = session.stay((long) outputs * inputs * weight.dtype().bytes());
    if (outIn) {
      session.upload(weight.rows(from, to), memory.forWriting(), 0, true);
    } else if (outputs == weight.dim(1)) {
      session.upload(weight, memory.forWriting(), 0, true);
    } else {
      uploadColumns(weight, from, to, memory.forWriting());
    }
    return new OpenClMatrix(
        memory,
        weight.dtype(),
        0,
        outIn ? inputs : 1,
        outIn ? 1 : outputs,
        outputs,
        inputs,
        bothWays);
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
