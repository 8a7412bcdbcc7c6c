package dev.limpid.attribution.logits;

import dev.limpid.tensor.Tensor;

/**
 * The distribution over a vocabulary.
 *
 * @param max the largest logit
 * @param sum of exp(logit - max)
 */
record Softmax(double max, double sum, double entropy) {

  /** Returns the distribution that logits [V], on the heap, make. */
  static Softmax of(Tensor logits) {
    return of(logits, max(logits.array(), logits.offset(), logits.dim(0)));
  }

  /** Returns it where the largest of the logits is known: a pass over all of them less. */
  static Softmax of(Tensor logits, double max) {
    Masses masses = Masses.of(logits.array(), logits.offset(), logits.dim(0), max);
    double sum = masses.sum();
    return new Softmax(max, sum, Math.log(sum) - masses.weighted() / sum);
  }

  private static float max(float[] x, int offset, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, x[offset + i]);
    }
    return max;
  }

  /** Returns the share of a token with this logit. */
  double probability(double logit) {
    return Math.exp(logit - max) / sum;
  }

  /**
   * Returns the natural logarithm of that share, which is finite where the share is not above 0.
   */
  double logProbability(double logit) {
    return logit - max - Math.log(sum);
  }

  static double at(Tensor x, int i) {
    return x.array()[x.offset() + i];
  }
}
