package dev.limpid.routes.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sums of whole numbers in 128 bits each: exact, so that no order and no tree of additions changes
 * them. A sum of 10^12 shares, each a multiple of 10^-12 and at most 1, is below 2^127.
 *
 * <pre>
 *   sum i = high[i] 2^64 + low[i], low without sign
 * </pre>
 */
final class ExactSums {
  private final long[] high;
  private final long[] low;

  /** Begins sums, all 0. */
  ExactSums(int count) {
    this(new long[count], new long[count]);
  }

  private ExactSums(long[] high, long[] low) {
    this.high = high;
    this.low = low;
  }

  int size() {
    return low.length;
  }

  /** Returns the first sums of these, or these and more that are 0. */
  ExactSums resized(int count) {
    return new ExactSums(Arrays.copyOf(high, count), Arrays.copyOf(low, count));
  }

  /** Adds to a sum. Modified. */
  void add(int i, long amount) {
    add(i, amount >> 63, amount);
  }

  /** Adds sums, one by one. Modified; other is not. */
  void add(ExactSums other) {
    for (int i = 0; i < other.low.length; i++) {
      add(i, other.high[i], other.low[i]);
    }
  }

  private void add(int i, long addedHigh, long addedLow) {
    long sum = low[i] + addedLow;
    boolean carries = Long.compareUnsigned(sum, addedLow) < 0;
    low[i] = sum;
    high[i] += addedHigh + (carries ? 1 : 0);
  }

  /** Returns a sum. */
  BigInteger get(int i) {
    BigInteger unsignedLow =
        new BigInteger(1, ByteBuffer.allocate(Long.BYTES).putLong(low[i]).array());
    return BigInteger.valueOf(high[i]).shiftLeft(Long.SIZE).add(unsignedLow);
  }

  boolean isZero(int i) {
    return high[i] == 0 && low[i] == 0;
  }

  void write(DataOutput out) throws IOException {
    Numbers.write(high, out);
    Numbers.write(low, out);
  }

  static ExactSums read(DataInput in) throws IOException {
    return new ExactSums(Numbers.read(in), Numbers.read(in));
  }
}
