package dev.limpid.attribution;

import java.util.Arrays;
import java.util.List;

/**
 * How much each part of a vector contributed to it: by the proximity ||y|| - ||y - z|| of part z to
 * whole y (Ferrando et al. 2022, "Measuring the Mixing of Contextual Information in the
 * Transformer").
 */
public interface ContributionMeasure {

  /**
   * Returns how close a part is to the whole; negative if the whole is larger without it.
   *
   * @param part z, [D], not modified
   * @param whole y, [D], not modified
   */
  double proximity(float[] part, float[] whole);

  /** The measure of Ferrando and Voita 2024, by the 1-norm. */
  ContributionMeasure L1 =
      (part, whole) -> {
        double proximity = 0;
        for (int i = 0; i < whole.length; i++) {
          proximity += Math.abs(whole[i]) - Math.abs((double) whole[i] - part[i]);
        }
        return proximity;
      };

  /** The same by the 2-norm. */
  ContributionMeasure L2 =
      (part, whole) -> {
        double all = 0;
        double rest = 0;
        for (int i = 0; i < whole.length; i++) {
          all += (double) whole[i] * whole[i];
          rest += Math.pow((double) whole[i] - part[i], 2);
        }
        return Math.sqrt(all) - Math.sqrt(rest);
      };

  /**
   * Returns max(prox, floor) / sum over parts of max(prox, floor) of each part; all 0 if the parts
   * cancel (see {@link #cancelling}).
   *
   * <p>This is the brute force that {@link Contributions} is tested against.
   */
  default double[] contributions(List<float[]> parts, float[] whole, double floor) {
    double[] proximities = parts.stream().mapToDouble(part -> proximity(part, whole)).toArray();
    double positive = Arrays.stream(proximities).filter(p -> p > 0).sum();
    if (cancelling(positive, norm1(whole))) {
      return new double[parts.size()];
    }
    double[] raised = Arrays.stream(proximities).map(p -> Math.max(p, floor)).toArray();
    double sum = Arrays.stream(raised).sum();
    return Arrays.stream(raised).map(p -> p / sum).toArray();
  }

  /**
   * Returns whether a node's parts only cancel one another (such as residual 3y, block -2y), so
   * that no share of the whole can be given to any of them.
   *
   * @param positive the sum of the positive proximities, before any floor
   * @param norm the 1-norm of the whole
   */
  static boolean cancelling(double positive, double norm) {
    return positive <= 1e-6 * norm;
  }

  private static double norm1(float[] vector) {
    double norm = 0;
    for (float v : vector) {
      norm += Math.abs(v);
    }
    return norm;
  }
}
