package dev.limpid.routes.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Arrays of whole numbers in a stream; most are small or 0, and take a byte. */
final class Numbers {
  private Numbers() {}

  static void write(long[] numbers, DataOutput out) throws IOException {
    out.writeInt(numbers.length);
    for (long number : numbers) {
      write(number, out);
    }
  }

  static long[] read(DataInput in) throws IOException {
    long[] numbers = new long[in.readInt()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = readOne(in);
    }
    return numbers;
  }

  /** Seven bits a byte, the lowest first; the sign is folded into the lowest bit. */
  static void write(long number, DataOutput out) throws IOException {
    long left = (number << 1) ^ (number >> 63);
    while ((left & ~0x7FL) != 0) {
      out.writeByte((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    out.writeByte((int) left);
  }

  static long readOne(DataInput in) throws IOException {
    long folded = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte b = in.readByte();
      folded |= (b & 0x7FL) << shift;
      if (b >= 0) {
        return (folded >>> 1) ^ -(folded & 1);
      }
    }
    throw new IOException("a number of more than 64 bits");
  }
}
