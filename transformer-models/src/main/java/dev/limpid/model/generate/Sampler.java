package dev.limpid.model.generate;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Chooses one token after the other, as a {@link Sampling} says; not safe to share. */
final class Sampler {
  private final Sampling sampling;
  private final TensorOps ops;
  private final SplittableRandom random;
  private double[] weights = new double[0];

  Sampler(Sampling sampling, TensorOps ops) {
    this.sampling = sampling;
    this.ops = ops;
    random = new SplittableRandom(sampling.seed());
  }

  /** Returns the next token; logits are [V] on the heap, finite, not modified. */
  int choose(Tensor logits) {
    return sampling.isGreedy() ? ops.topK(logits, 1)[0] : draw(weights(logits));
  }

  /**
   * Returns how probable each token is to be chosen, but for a common factor: 0 where a filter has
   * taken it out. The array is used again by the next call.
   */
  double[] weights(Tensor logits) {
    int n = logits.dim(0);
    if (weights.length != n) {
      weights = new double[n];
    }
    boolean limited = sampling.topK() > 0 && sampling.topK() < n;
    int[] top = ops.topK(logits, limited ? sampling.topK() : 1);
    double max = logit(logits, top[0]);
    double least = limited ? logit(logits, top[top.length - 1]) : Double.NEGATIVE_INFINITY;
    double total = 0;
    for (int id = 0; id < n; id++) {
      double logit = logit(logits, id);
      weights[id] = logit < least ? 0 : Math.exp((logit - max) / sampling.temperature());
      total += weights[id];
    }
    if (sampling.topP() < 1) {
      keepNucleus(logits, total);
    }
    return weights;
  }

  /**
   * Sets the weights of tokens outside the nucleus to 0. Of equal logits the lower id is taken out
   * first, as by Hugging Face's ascending sort where that is stable.
   */
  private void keepNucleus(Tensor logits, double total) {
    // All tokens of less weight together have less than what may be left out.
    double negligible = (1 - sampling.topP()) * total / weights.length;
    long[] order = new long[weights.length];
    int candidates = 0;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] >= negligible) {
        order[candidates++] = key(logits, id);
      }
    }
    Arrays.sort(order, 0, candidates);
    double before = weights[(int) order[candidates - 1]];
    int first = candidates - 1; // in the order, of those that stay
    while (first > 0 && before < sampling.topP() * total) {
      first--;
      before += weights[(int) order[first]];
    }
    long least = order[first];
    for (int id = 0; id < weights.length; id++) {
      if (key(logits, id) < least) {
        weights[id] = 0;
      }
    }
  }

  /** Returns numbers that are ordered as logits are, then as ids; the id is the lower half. */
  private static long key(Tensor logits, int id) {
    int bits = Float.floatToIntBits((float) logit(logits, id) + 0f); // -0 becomes 0
    int ordered = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
    return ((long) ordered << 32) | id;
  }

  private int draw(double[] weights) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    double left = random.nextDouble() * total;
    int chosen = -1;
    for (int id = 0; id < weights.length; id++) {
      if (weights[id] > 0) {
        chosen = id; // rounding may leave something behind the last
        left -= weights[id];
        if (left < 0) {
          break;
        }
      }
    }
    return chosen;
  }

  private static double logit(Tensor logits, int id) {
    return logits.array()[logits.offset() + id];
  }
}
