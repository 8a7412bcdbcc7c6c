package dev.limpid.routes.statistics;

/** Distances from a query back to a key in buckets: 0, 1, 2, 3 to 4, 5 to 8, and so on. */
public final class Distance {
  private Distance() {}

  /** Returns the number of the bucket that a distance, at least 0, is in. */
  static int bucket(int distance) {
    return distance <= 1 ? distance : 1 + Integer.SIZE - Integer.numberOfLeadingZeros(distance - 1);
  }

  /** Returns the largest distance of a bucket: 0, 1, 2, 4, 8, ... */
  public static int upperEnd(int bucket) {
    return bucket == 0 ? 0 : 1 << (bucket - 1);
  }
}
