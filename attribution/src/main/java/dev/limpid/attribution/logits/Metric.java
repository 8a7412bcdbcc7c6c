package dev.limpid.attribution.logits;

import dev.limpid.tensor.Tensor;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One number read from the logits [V] at a position, with p their softmax: what interventions are
 * measured by and gradients taken of.
 *
 * <pre>
 *   logit_difference   logit(A) - logit(B)          gradient   e_A - e_B
 *   log_probability    log p(A)                                e_A - p
 *   logit              logit(A)                                e_A
 *   probability        p(A)                                    p(A) (e_A - p)
 *   kl                 sum of b (log b - log p)                p - b,    b the softmax before
 * </pre>
 *
 * @param answer A
 * @param distractor B, which {@code logit_difference} needs
 * @param before the logits [V] of the run that others are compared with, on the heap, which {@code
 *     kl} needs; to be read, not modified
 */
public record Metric(Kind kind, int answer, @Nullable Integer distractor, @Nullable Tensor before) {

  /** The numbers that can be read; named as on the command line. */
  public enum Kind {
    /** How far the answer is ahead of the distractor. */
    LOGIT_DIFFERENCE,
    /** The logarithm of the answer's probability. */
    LOG_PROBABILITY,
    /** The answer's logit, which alone is defined up to a constant. */
    LOGIT,
    /** The answer's probability. */
    PROBABILITY,
    /** How far the predictions are from those before, in nats. */
    KL;

    /** Returns what is measured where nothing is said. */
    public static Kind byDefault(@Nullable Integer distractor) {
      return distractor == null ? LOG_PROBABILITY : LOGIT_DIFFERENCE;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks that what the number is made of is there. */
  public Metric {
    if (distractor != null && distractor == answer) {
      throw new IllegalArgumentException(
          "the answer and the distractor are the same token, #" + answer);
    }
    if (kind == Kind.LOGIT_DIFFERENCE && distractor == null) {
      throw new IllegalArgumentException("a logit difference needs a distractor");
    }
    if (kind == Kind.KL && before == null) {
      throw new IllegalArgumentException("a divergence needs the logits before");
    }
  }

  /** Returns the number for logits [V], on the heap, not modified. */
  public double of(Tensor logits) {
    double logit = Softmax.at(logits, answer);
    return switch (kind) {
      case LOGIT_DIFFERENCE -> logit - Softmax.at(logits, Objects.requireNonNull(distractor));
      case LOG_PROBABILITY -> Softmax.of(logits).logProbability(logit);
      case LOGIT -> logit;
      case PROBABILITY -> Softmax.of(logits).probability(logit);
      case KL -> divergence(Objects.requireNonNull(before), logits);
    };
  }

  /** Returns KL(before || after) of two rows of logits [V], on the heap, not modified; in nats. */
  public static double divergence(Tensor before, Tensor after) {
    Softmax b = Softmax.of(before);
    Softmax p = Softmax.of(after);
    double sum = 0;
    for (int v = 0; v < before.dim(0); v++) {
      double old = Softmax.at(before, v);
      sum += b.probability(old) * (b.logProbability(old) - p.logProbability(Softmax.at(after, v)));
    }
    return sum;
  }

  /** Returns its gradient in logits [V], on the heap, not modified: [V] on the heap. */
  public Tensor gradient(Tensor logits) {
    Tensor gradient = Tensor.zeros(logits.dim(0));
    float[] g = gradient.array();
    switch (kind) {
      case LOGIT_DIFFERENCE -> {
        g[answer] = 1;
        g[Objects.requireNonNull(distractor)] = -1;
      }
      case LOG_PROBABILITY -> addShares(logits, -1, answer, 1, g);
      case LOGIT -> g[answer] = 1;
      case PROBABILITY -> {
        double p = Softmax.of(logits).probability(Softmax.at(logits, answer));
        addShares(logits, -p, answer, p, g);
      }
      case KL -> {
        addShares(logits, 1, answer, 0, g);
        addShares(Objects.requireNonNull(before), -1, answer, 0, g);
      }
    }
    return gradient;
  }

  /** Adds factor p + one e_token to a gradient. */
  private static void addShares(Tensor logits, double factor, int token, double one, float[] g) {
    Softmax p = Softmax.of(logits);
    for (int v = 0; v < g.length; v++) {
      double share = factor * p.probability(Softmax.at(logits, v));
      g[v] += (float) (v == token ? share + one : share);
    }
  }
}
