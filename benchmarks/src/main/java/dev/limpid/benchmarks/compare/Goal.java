package dev.limpid.benchmarks.compare;

/**
 * What a row is to reach.
 *
 * @param faster whether the ratio is theirs / ours and to be large, or ours / theirs and to be
 *     small
 * @param bound the ratio to reach
 */
record Goal(boolean faster, double bound) {
  /** So many times as fast as the other side. */
  static Goal timesAsFast(double bound) {
    return new Goal(true, bound);
  }

  /** At most so much of the other side's time. */
  static Goal shareOf(double bound) {
    return new Goal(false, bound);
  }

  double ratio(double ours, double theirs) {
    return faster ? theirs / ours : ours / theirs;
  }

  boolean reached(double ratio) {
    return faster ? ratio >= bound : ratio <= bound;
  }

  @Override
  public String toString() {
    return (faster ? ">= " : "<= ") + bound;
  }
}
