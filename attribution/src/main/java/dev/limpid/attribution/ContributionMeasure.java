package dev.limpid.attribution;

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

  /**
   * Returns max(prox, floor) / sum over parts of max(prox, floor) of each part; all 0 if the parts
   * only cancel one another, so that the positive proximities sum to a millionth of |whole|_1 or
   * less.
   *
   * <p>This is the brute force that {@link Contributions} is tested against.
   */
  default double[] contributions(List<float[]> parts, float[] whole, double floor) {
    double[] proximities = parts.stream().mapToDouble(part -> proximity(part, whole)).toArray();
    return Shares.of(proximities, floor, Shares.norm(whole)).values();
  }
}
