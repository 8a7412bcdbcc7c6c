package dev.limpid.benchmarks.compare;

import java.io.IOException;
import java.util.Arrays;

/**
 * Times both sides of a row alternately, so that a slow minute of the machine falls on both, and
 * takes medians.
 *
 * @param count how often each side is timed
 */
record Rounds(int count) {
  /** Seconds after which both sides are warm: kernels compiled, pages mapped. */
  private static final double WARM = 1.5;

  private static final int LEAST_WARMING = 3;

  /** Milliseconds in which the other side's threads go to sleep. */
  private static final int REST = 30;

  Result of(Row row) throws IOException {
    warm(row.ours());
    warm(row.theirs());
    double[] ours = new double[count];
    double[] theirs = new double[count];
    for (int i = 0; i < count; i++) {
      ours[i] = rested(row.ours());
      theirs[i] = rested(row.theirs());
    }
    return new Result(row.what(), row.peer(), row.goal(), count, median(ours), median(theirs));
  }

  private static void warm(Timed work) throws IOException {
    double spent = 0;
    for (int i = 0; i < LEAST_WARMING || spent < WARM; i++) {
      spent += work.seconds();
      if (spent > 4 * WARM) {
        return; // slow work needs no more than once
      }
    }
  }

  private static double rested(Timed work) throws IOException {
    try {
      Thread.sleep(REST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return work.seconds();
  }

  private static double median(double[] x) {
    Arrays.sort(x);
    return (x[(x.length - 1) / 2] + x[x.length / 2]) / 2;
  }
}
