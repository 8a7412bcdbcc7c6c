package dev.limpid.benchmarks.compare;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Times all sides alternately, so that a slow minute of the machine falls on all of them, and takes
 * medians.
 *
 * @param count how often each side is timed
 * @param enough seconds of work after which a side is warm: kernels compiled, pages mapped
 */
record Rounds(int count, double enough) {
  private static final int LEAST_WARMING = 3;

  /** Milliseconds in which the threads of the other side stop spinning: OpenBLAS takes long. */
  private static final int REST = 250;

  /** Seconds of work that shows when caches and processors have to find back from other work. */
  private static final double BRIEF = 1;

  Result of(Row row) throws IOException {
    double[] medians = medians(List.of(row.ours(), row.theirs()));
    return new Result(row.what(), row.peer(), row.goal(), count, medians[0], medians[1]);
  }

  /** Returns the median seconds of every side. */
  double[] medians(List<Timed> sides) throws IOException {
    for (Timed side : sides) {
      warm(side);
    }
    double[][] seconds = new double[sides.size()][count];
    for (int i = 0; i < count; i++) {
      for (int side = 0; side < seconds.length; side++) {
        seconds[side][i] = rested(sides.get(side));
      }
    }
    return Arrays.stream(seconds).mapToDouble(Rounds::median).toArray();
  }

  private void warm(Timed work) throws IOException {
    double spent = 0;
    for (int i = 0; i < LEAST_WARMING || spent < enough; i++) {
      spent += work.seconds();
      if (spent > 4 * enough) {
        return; // slow work needs no more than once
      }
    }
  }

  private static double rested(Timed work) throws IOException {
    try {
      Thread.sleep(REST); // see REST
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    double seconds = work.seconds();
    // Behind many seconds of the other side, some milliseconds of work took twice their time.
    return seconds < BRIEF ? work.seconds() : seconds;
  }

  private static double median(double[] x) {
    Arrays.sort(x);
    return (x[(x.length - 1) / 2] + x[x.length / 2]) / 2;
  }
}
