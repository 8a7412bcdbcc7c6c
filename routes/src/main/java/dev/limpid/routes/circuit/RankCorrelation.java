package dev.limpid.routes.circuit;

import org.apache.commons.math3.stat.correlation.KendallsCorrelation;
import org.apache.commons.math3.stat.correlation.SpearmansCorrelation;
import org.jspecify.annotations.Nullable;

/**
 * How alike two rankings are.
 *
 * @param spearman from -1 to 1
 * @param kendall tau-b, which heeds ties, from -1 to 1
 */
public record RankCorrelation(double spearman, double kendall) {

  /**
   * Returns it for two lists of numbers of one length; null where a list has no two different
   * numbers, so that there is no ranking.
   */
  public static @Nullable RankCorrelation of(double[] x, double[] y) {
    if (x.length < 2 || isConstant(x) || isConstant(y)) {
      return null;
    }
    return new RankCorrelation(
        new SpearmansCorrelation().correlation(x, y), new KendallsCorrelation().correlation(x, y));
  }

  private static boolean isConstant(double[] x) {
    for (double value : x) {
      if (value != x[0]) {
        return false;
      }
    }
    return true;
  }
}
