package dev.limpid.tensor;

import dev.limpid.tensor.blocks.Block;
import dev.limpid.tensor.blocks.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Where the elements of a {@link Tensor} lie, one after the other. */
sealed interface Storage {
  /** Returns {@code count} elements from element {@code from} on, sharing memory. */
  Storage part(long from, long count);

  /** Copies {@code count} elements from element {@code from} on into {@code target}, as floats. */
  void copyTo(long from, float[] target, int at, int count);

  /** Floats of an array, from {@code offset} on. */
  record Heap(float[] array, int offset) implements Storage {
    @Override
    public Heap part(long from, long count) {
      return new Heap(array, Math.toIntExact(offset + from));
    }

    @Override
    public void copyTo(long from, float[] target, int at, int count) {
      System.arraycopy(array, (int) (offset + from), target, at, count);
    }
  }

  /** Bytes of a file, little-endian, not to be written. */
  record Mapped(MemorySegment data, DType dtype) implements Storage {
    private static final ValueLayout.OfFloat FLOAT =
        ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static final ValueLayout.OfShort SHORT =
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static final ValueLayout.OfLong LONG =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public Mapped part(long from, long count) {
      return new Mapped(data.asSlice(from * dtype.bytes(), count * dtype.bytes()), dtype);
    }

    @Override
    public void copyTo(long from, float[] target, int at, int count) {
      switch (dtype) {
        case F32 -> MemorySegment.copy(data, FLOAT, from * 4, target, at, count);
        case F16 -> {
          for (int i = 0; i < count; i++) {
            target[at + i] = Float.float16ToFloat(data.get(SHORT, (from + i) * 2));
          }
        }
        case BF16 -> {
          for (int i = 0; i < count; i++) {
            target[at + i] = Float.intBitsToFloat(data.get(SHORT, (from + i) * 2) << 16);
          }
        }
        case I64 -> throw new IllegalStateException("I64 elements are ids, not floats: use toInts");
      }
    }
  }

  /** Blocks of quantised elements, usually of a file; not to be written. */
  record Blocks(MemorySegment data, BlockFormat format) implements Storage {
    /** Blocks that are read between two looks at the memory. */
    private static final int TOGETHER = 64;

    @Override
    public Blocks part(long from, long count) {
      if (from % format.elements() != 0 || count % format.elements() != 0) {
        throw new ShapeException(
            "elements %d to %d are no whole blocks of %s".formatted(from, from + count, format));
      }
      return new Blocks(data.asSlice(format.bytesOf(from), format.bytesOf(count)), format);
    }

    @Override
    public void copyTo(long from, float[] target, int at, int count) {
      int elements = format.elements();
      float[] decoded = new float[elements];
      long first = from - from % elements;
      forEach(
          first / elements,
          Math.ceilDiv(from + count, (long) elements),
          (block, index) -> {
            long begins = index * elements;
            if (begins >= from && begins + elements <= from + count) {
              block.decode(target, (int) (at + begins - from));
            } else {
              block.decode(decoded, 0);
              int skipped = (int) Math.max(0, from - begins);
              int end = (int) Math.min(elements, from + count - begins);
              int to = (int) (at + begins + skipped - from);
              System.arraycopy(decoded, skipped, target, to, end - skipped);
            }
            return true;
          });
    }

    boolean allFinite() {
      return forEach(0, data.byteSize() / format.bytes(), (block, index) -> block.isFinite());
    }

    void copyBytesTo(long block, byte[] target, int at, int count) {
      int bytes = count * format.bytes();
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, block * format.bytes(), target, at, bytes);
    }

    /** What is done with each block; false ends it. */
    private interface Each {
      boolean with(Block block, long index);
    }

    private boolean forEach(long from, long to, Each each) {
      Block block = new Block(format);
      byte[] bytes = new byte[(int) Math.min(TOGETHER, Math.max(0, to - from)) * format.bytes()];
      for (long first = from; first < to; first += TOGETHER) {
        int count = (int) Math.min(TOGETHER, to - first);
        copyBytesTo(first, bytes, 0, count);
        for (int i = 0; i < count; i++) {
          block.read(bytes, i * format.bytes());
          if (!each.with(block, first + i)) {
            return false;
          }
        }
      }
      return true;
    }
  }

  /** Floats of a device, from {@code offset} on. */
  record Device(DeviceMemory memory, long offset) implements Storage {
    @Override
    public Device part(long from, long count) {
      return new Device(memory, offset + from);
    }

    @Override
    public void copyTo(long from, float[] target, int at, int count) {
      memory.read(offset + from, target, at, count);
    }
  }
}
