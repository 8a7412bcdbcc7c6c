package dev.limpid.attribution;

import dev.limpid.tensor.ops.TensorOps;

/**
 * The parts of one vector y by what each contributed to it, in double: max(p, floor) / sum over the
 * parts of max(p, floor) of their proximities p.
 *
 * @param values one for each part; all 0 if the parts cancel
 * @param cancelling whether the parts only cancel one another (such as residual 3y, block -2y), so
 *     that no share of the whole can be given to any of them
 */
record Shares(double[] values, boolean cancelling) {

  /**
   * Makes shares of proximities, which are not modified.
   *
   * @param norm |y|_1
   */
  static Shares of(double[] proximities, double floor, double norm) {
    double positive = 0;
    double sum = 0;
    for (double proximity : proximities) {
      positive += Math.max(proximity, 0);
      sum += Math.max(proximity, floor);
    }
    boolean cancelling = positive <= TensorOps.CANCELLING * norm;
    double scale = cancelling ? 0 : 1 / sum;
    double[] values = new double[proximities.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(proximities[i], floor) * scale;
    }
    return new Shares(values, cancelling);
  }

  /** Returns the 1-norm of a vector. */
  static double norm(float[] vector) {
    double norm = 0;
    for (float v : vector) {
      norm += Math.abs(v);
    }
    return norm;
  }
}
