package dev.limpid.attribution.gradients;

import dev.limpid.model.ForwardTrace;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import org.jspecify.annotations.Nullable;

/**
 * How much a number depends on each token of the prompt, by its embedding e; that of its position
 * stays out of it.
 *
 * @param values [T]; to be read, not modified
 * @param value the number itself
 * @param baseline the number where the path begins; null without a path
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TokenScores(double[] values, double value, @Nullable Double baseline) {

  /** Returns how long the gradient is in each token's embedding: |G(e)|_2. */
  public static TokenScores saliency(GradientRun run, MeanGradients gradients) {
    Tensor gradient = gradients.embedding();
    double[] lengths = products(gradient, gradient);
    for (int t = 0; t < lengths.length; t++) {
      lengths[t] = Math.sqrt(lengths[t]);
    }
    return new TokenScores(lengths, run.value(), null);
  }

  /** Returns &lt;G(e), e&gt;: with the rules of relevance, what comes from each token. */
  public static TokenScores inputTimesGradient(GradientRun run, MeanGradients gradients) {
    return new TokenScores(along(run, null, gradients), run.value(), null);
  }

  /**
   * Returns integrated gradients (Sundararajan et al. 2017): &lt;e - e', mean of G&gt; along the
   * straight line from a baseline's embeddings e', of zeros where there is none. They sum to value
   * - baseline up to the error of the quadrature.
   *
   * @param start the baseline's run, of as many tokens, or null
   * @param steps points of the quadrature
   */
  public static TokenScores integrated(
      GradientRun run, @Nullable ForwardTrace start, int steps, GradientRun.Observer observer) {
    double baseline =
        start == null ? run.valueOfNothing() : run.metric().of(start.logits(run.position()));
    MeanGradients mean = run.alongPath(start, steps, observer);
    return new TokenScores(along(run, start, mean), run.value(), baseline);
  }

  /** Returns the sum of all scores. */
  public double sum() {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  static double[] along(GradientRun run, @Nullable ForwardTrace start, MeanGradients mean) {
    TensorOps ops = run.model().ops();
    try (Scope _ = ops.scope()) {
      return products(EmbeddingPath.of(run.model(), run.trace(), start).way(), mean.embedding());
    }
  }

  /** Returns the product of every row of a and b: [T]. */
  static double[] products(Tensor a, Tensor b) {
    float[] x = a.toFloats();
    float[] y = b.toFloats();
    int width = a.dim(1);
    double[] products = new double[a.dim(0)];
    for (int i = 0; i < x.length; i++) {
      products[i / width] += (double) x[i] * y[i];
    }
    return products;
  }
}
