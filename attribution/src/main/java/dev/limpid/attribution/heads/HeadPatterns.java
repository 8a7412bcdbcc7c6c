package dev.limpid.attribution.heads;

import dev.limpid.tensor.Tensor;

/** What heads look at, read off a pattern [H, T, T] alone: one number per head. */
final class HeadPatterns {
  private HeadPatterns() {}

  /** Returns the mean over q &gt;= 1 of pattern[h, q, q - 1]: attention to the token before. */
  static double[] previousToken(Tensor pattern) {
    return diagonal(pattern, 1, 1);
  }

  /** Returns the mean over q &gt;= 1 of pattern[h, q, 0]: attention parked on the first token. */
  static double[] firstToken(Tensor pattern) {
    double[] scores = new double[pattern.dim(0)];
    int nQueries = pattern.dim(1) - 1;
    for (int h = 0; h < scores.length; h++) {
      for (int q = 1; q <= nQueries; q++) {
        scores[h] += pattern.get(h, q, 0) / (double) nQueries;
      }
    }
    return scores;
  }

  /**
   * Returns the mean over q &gt;= from of pattern[h, q, q - distance]: attention to the token that
   * many positions back; 0 where there is no such q.
   */
  static double[] diagonal(Tensor pattern, int distance, int from) {
    double[] scores = new double[pattern.dim(0)];
    int nQueries = pattern.dim(1) - from;
    for (int h = 0; h < scores.length; h++) {
      for (int q = from; q < pattern.dim(1); q++) {
        scores[h] += pattern.get(h, q, q - distance) / (double) nQueries;
      }
    }
    return scores;
  }
}
