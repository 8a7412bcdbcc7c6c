package dev.limpid.backend.opencl;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.blocks.BlockFormat;

/**
 * How elements of a weight lie in the memory of a device: as in files; quantised ones as a number
 * of a byte each, and behind them a scale and a minimum, floats both, for every part of a block.
 *
 * @param dtype what they are read as
 * @param part elements of a part of a block; 0 where they are not quantised
 * @param pairs where the scales begin, in bytes
 */
record Stored(DType dtype, int part, long pairs) {
  private static final int PAIR = 2 * Float.BYTES;

  static Stored as(DType dtype) {
    return new Stored(dtype, 0, 0);
  }

  static Stored quantised(BlockFormat format, long elements) {
    return new Stored(DType.F32, format.part(), (elements + PAIR - 1) / PAIR * PAIR);
  }

  /** Returns the bytes that so many elements take. */
  long bytes(long elements) {
    return part == 0 ? elements * dtype.bytes() : elements + elements / part * PAIR;
  }

  /** Returns the bytes of a whole weight. */
  long all(long elements) {
    return part == 0 ? bytes(elements) : pairs + elements / part * PAIR;
  }

  /** Returns the definitions that kernels read it by. */
  String options() {
    if (part > 0) {
      return "-DTYPE=3 -DPART=" + part;
    }
    return switch (dtype) {
      case F32 -> "-DTYPE=0";
      case F16 -> "-DTYPE=1";
      case BF16 -> "-DTYPE=2";
      case I64 -> throw new IllegalArgumentException("ids are no weights");
    };
  }
}
