package dev.limpid.tensor;

import java.lang.foreign.MemorySegment;

/** A look at the exponents of many numbers at once, of any type. */
final class FiniteCheck {
  private static final int CHUNK = 1 << 14;

  /** The bits of the exponent of an F32 number, and the lowest of them. */
  private static final int EXPONENT = 0x7f80_0000;

  private static final int LOWEST = 0x0080_0000;

  private FiniteCheck() {}

  /**
   * Returns whether none of these elements, from {@code from} to {@code to}, is NaN or infinite.
   */
  static boolean allFinite(float[] elements, int from, int to) {
    int carried = 0;
    for (int i = from; i < to; i++) {
      carried |= (Float.floatToRawIntBits(elements[i]) & EXPONENT) + LOWEST;
    }
    return carried >= 0;
  }

  /** Returns whether none of these elements is NaN or infinite; ids never are. */
  static boolean allFinite(MemorySegment elements, DType dtype) {
    // The bits of the exponent, in every element of a long.
    long exponent =
        switch (dtype) {
          case F32 -> 0x7f80_0000_7f80_0000L;
          case F16 -> 0x7c00_7c00_7c00_7c00L;
          case BF16 -> 0x7f80_7f80_7f80_7f80L;
          case I64 -> 0;
        };
    long[] chunk = new long[(int) Math.min(CHUNK, (elements.byteSize() + 7) / 8)];
    boolean finite = true;
    for (long from = 0; finite && from < elements.byteSize(); from += CHUNK * 8L) {
      long bytes = Math.min(CHUNK * 8L, elements.byteSize() - from);
      int count = (int) ((bytes + 7) / 8);
      chunk[count - 1] = 0; // the last one may be filled in part
      MemorySegment.copy(elements, from, MemorySegment.ofArray(chunk), 0, bytes);
      finite = allFinite(chunk, count, exponent);
    }
    return finite;
  }

  /**
   * Checks several elements at once: an exponent of all ones, and no other, carries into the place
   * of its sign when its lowest bit is added. The loop stands alone, so that it is compiled once.
   */
  private static boolean allFinite(long[] elements, int count, long exponent) {
    long lowest = exponent & ~(exponent << 1);
    long carried = 0;
    for (int i = 0; i < count; i++) {
      carried |= (elements[i] & exponent) + lowest;
    }
    return (carried & (exponent + lowest)) == 0;
  }
}
