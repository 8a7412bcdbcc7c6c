package dev.limpid.routes.statistics;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Quantiles of shares, in whole millionths: exact up to {@link #EXACT} of them, zeros included, and
 * beyond with a relative error of at most 1 %.
 *
 * <p>Beyond, shares are counted in bins whose limits are whole numbers, each at most 2 % above the
 * one before; a bin is read as its middle. What is kept is a function of how often each share
 * occurred, and so does not depend on the order in which they came, nor on how they were split.
 */
final class FlowQuantiles {
  /** So many shares are kept one by one. */
  static final int EXACT = 10_000;

  private static final int ONE = 1_000_000;

  /** The lowest share of each bin; bins of one share each come first. */
  private static final int[] LIMITS = limits();

  private long count;
  private int size;
  private int[] shares = new int[0]; // those above 0, in any order, while there are few
  private long @Nullable [] bins; // bins[0] holds nothing

  private static int[] limits() {
    int[] limits = new int[1000];
    int n = 0;
    // A little beyond a whole, for what rounding may put there.
    for (int limit = 0; limit < 2 * ONE; limit = Math.max(limit + 1, limit / 50 + limit)) {
      limits[n++] = limit;
    }
    return Arrays.copyOf(limits, n);
  }

  long count() {
    return count;
  }

  /** Adds a share. Modified. */
  void add(int share) {
    count++;
    if (bins == null && count > EXACT) {
      toBins();
    }
    if (share > 0) {
      keep(share);
    }
  }

  /** Adds those of another. Modified; other is not. */
  void add(FlowQuantiles other) {
    count += other.count;
    if (bins == null && count > EXACT) {
      toBins();
    }
    for (int i = 0; i < other.size; i++) {
      keep(other.shares[i]);
    }
    if (bins != null && other.bins != null) {
      for (int b = 0; b < bins.length; b++) {
        bins[b] += other.bins[b];
      }
    }
  }

  private void keep(int share) {
    if (bins != null) {
      bins[bin(share)]++;
      return;
    }
    if (size == shares.length) {
      shares = Arrays.copyOf(shares, Math.max(8, size + size / 2));
    }
    shares[size++] = share;
  }

  private void toBins() {
    long[] counted = new long[LIMITS.length];
    for (int i = 0; i < size; i++) {
      counted[bin(shares[i])]++;
    }
    bins = counted;
    shares = new int[0];
    size = 0;
  }

  private static int bin(int share) {
    int found = Arrays.binarySearch(LIMITS, share);
    return found >= 0 ? found : -found - 2;
  }

  /**
   * Returns the least share that is not below so many hundredths of all; 0 if there are none.
   *
   * @param percent in (0, 100]
   */
  double quantile(int percent) {
    long rank = Math.ceilDiv(Math.multiplyExact(count, percent), 100);
    long zeros = count - (bins == null ? size : Arrays.stream(bins).sum());
    if (rank <= zeros) {
      return 0;
    }
    return (bins == null ? ofShares(rank - zeros) : ofBins(bins, rank - zeros)) / ONE;
  }

  private double ofShares(long rank) {
    sort();
    return shares[(int) rank - 1];
  }

  private static double ofBins(long[] bins, long rank) {
    int b = 0;
    for (long seen = bins[0]; seen < rank; seen += bins[b]) {
      b++;
    }
    int last = b + 1 < LIMITS.length ? LIMITS[b + 1] - 1 : LIMITS[b];
    return (LIMITS[b] + last) / 2.0;
  }

  private void sort() {
    Arrays.sort(shares, 0, size);
  }

  /** Writes the same bytes for the same shares in any order. */
  void write(DataOutput out) throws IOException {
    sort();
    out.writeLong(count);
    out.writeBoolean(bins != null);
    if (bins != null) {
      Numbers.write(bins, out);
      return;
    }
    out.writeInt(size);
    for (int i = 0; i < size; i++) {
      Numbers.write(shares[i], out);
    }
  }

  static FlowQuantiles read(DataInput in) throws IOException {
    FlowQuantiles read = new FlowQuantiles();
    read.count = in.readLong();
    if (in.readBoolean()) {
      read.bins = Numbers.read(in);
      return read;
    }
    read.size = in.readInt();
    read.shares = new int[read.size];
    for (int i = 0; i < read.size; i++) {
      read.shares[i] = (int) Numbers.readOne(in);
    }
    return read;
  }
}
