package dev.limpid.tensor;

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
