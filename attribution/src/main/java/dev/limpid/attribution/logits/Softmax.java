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
    double max = Double.NEGATIVE_INFINITY;
    for (int v = 0; v < logits.dim(0); v++) {
      max = Math.max(max, at(logits, v));
    }
    double sum = 0;
    double weighted = 0; // sum of (logit - max) exp(logit - max)
    for (int v = 0; v < logits.dim(0); v++) {
      double mass = Math.exp(at(logits, v) - max);
      sum += mass;
      weighted += (at(logits, v) - max) * mass;
    }
    return new Softmax(max, sum, Math.log(sum) - weighted / sum);
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
