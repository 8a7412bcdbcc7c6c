package dev.limpid.attribution.logits;

/**
 * What the exponentials of many logits, less the largest, sum to: with x = logit - max,
 *
 * <pre>
 *   sum = sum of e^x,   weighted = sum of x e^x
 * </pre>
 *
 * <p>{@code Math.exp} goes one number at a time, and a lens takes it of every token at every layer.
 * Here e^x = (e^(x / 1024))^1024, a short series and ten squares: multiplications and additions
 * alone, of which the compiler makes vectors. What is wrong with it is below 1e-12 of the sum.
 *
 * @param sum at least 1
 */
record Masses(double sum, double weighted) {
  /** Logits that are added up side by side, so that no sum waits for the one before. */
  private static final int BLOCK = 256;

  /** e to the power of this, or of less, is nothing beside 1. */
  private static final double LEAST = -88;

  /** Adds up {@code n} logits from {@code offset} on, always in the same order. */
  static Masses of(float[] logits, int offset, int n, double max) {
    double[] sums = new double[BLOCK];
    double[] weighted = new double[BLOCK];
    for (int from = 0; from < n; from += BLOCK) {
      add(logits, offset + from, Math.min(BLOCK, n - from), max, sums, weighted);
    }
    return new Masses(total(sums), total(weighted));
  }

  private static void add(
      float[] logits, int from, int n, double max, double[] sums, double[] weighted) {
    for (int i = 0; i < n; i++) {
      double x = Math.max(logits[from + i] - max, LEAST);
      double r = x * (1.0 / 1024);
      double power = 1.0 / 720;
      power = power * r + 1.0 / 120;
      power = power * r + 1.0 / 24;
      power = power * r + 1.0 / 6;
      power = power * r + 0.5;
      power = power * r + 1;
      power = power * r + 1;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      sums[i] += power;
      weighted[i] += x * power;
    }
  }

  private static double total(double[] sums) {
    double total = 0;
    for (double sum : sums) {
      total += sum;
    }
    return total;
  }
}
