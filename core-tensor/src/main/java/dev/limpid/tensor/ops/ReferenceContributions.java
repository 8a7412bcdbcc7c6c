package dev.limpid.tensor.ops;

import static dev.limpid.tensor.ops.ReferenceOps.at;
import static dev.limpid.tensor.ops.ReferenceOps.set;

import dev.limpid.tensor.Tensor;
import java.util.List;

/** The contributions of {@link ReferenceOps}; arguments have been checked. */
final class ReferenceContributions {
  private ReferenceContributions() {}

  static void proximity(Tensor part, Tensor whole, Tensor out) {
    int width = part.dim(1);
    for (int t = 0; t < part.dim(0); t++) {
      double proximity = 0;
      for (int i = t * width; i < (t + 1) * width; i++) {
        double y = at(whole, i);
        proximity += Math.abs(y) - Math.abs(y - at(part, i));
      }
      set(out, t, proximity);
    }
  }

  static void attentionProximity(
      TensorOps ops,
      Tensor pattern,
      Tensor values,
      PackedMatrix projection,
      Tensor whole,
      Tensor out) {
    int nHeads = pattern.dim(0);
    int t = pattern.dim(1);
    int dHead = values.dim(2);
    int width = whole.dim(1);
    int pairs = t * (t + 1) / 2;
    Tensor term = Tensor.zeros(t, width); // u[h, k] = values[h / (H/K), k] W_O^h
    for (int h = 0; h < nHeads; h++) {
      PackedMatrix ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
      ops.matmul(values.row(h / (nHeads / values.dim(0))), ofHead, null, term);
      for (int q = 0; q < t; q++) {
        for (int k = 0; k <= q; k++) {
          double a = at(pattern, (h * t + q) * t + k);
          double proximity = 0;
          for (int i = 0; i < width; i++) {
            double y = at(whole, q * width + i);
            proximity += Math.abs(y) - Math.abs(y - a * at(term, k * width + i));
          }
          set(out, h * pairs + q * (q + 1) / 2 + k, Math.max(0, proximity));
        }
      }
    }
  }

  static void normaliseParts(
      Tensor terms, List<Tensor> others, Tensor whole, float floor, Tensor cancelling) {
    int width = whole.dim(1);
    for (int t = 0; t < whole.dim(0); t++) {
      double positive = sumAtLeast(0, terms, others, t);
      boolean cancels = positive <= TensorOps.CANCELLING * norm(whole, t * width, width);
      set(cancelling, t, cancels ? 1 : 0);
      double sum = floor > 0 ? sumAtLeast(floor, terms, others, t) : positive;
      scale(cancels ? 0 : (float) (1 / sum), terms, others, t);
    }
  }

  /** Raises all parts of a state to a floor, and returns their sum. */
  private static double sumAtLeast(float floor, Tensor terms, List<Tensor> others, int t) {
    double sum = 0;
    for (int h = 0; h < terms.dim(0); h++) {
      int from = h * terms.dim(1) + t * (t + 1) / 2;
      for (int i = from; i <= from + t; i++) {
        set(terms, i, Math.max(at(terms, i), floor));
      }
      sum += norm(terms, from, t + 1);
    }
    for (Tensor part : others) {
      set(part, t, Math.max(at(part, t), floor));
      sum += at(part, t);
    }
    return sum;
  }

  private static void scale(float factor, Tensor terms, List<Tensor> others, int t) {
    for (int h = 0; h < terms.dim(0); h++) {
      int from = h * terms.dim(1) + t * (t + 1) / 2;
      for (int i = from; i <= from + t; i++) {
        set(terms, i, at(terms, i) * factor);
      }
    }
    for (Tensor part : others) {
      set(part, t, at(part, t) * factor);
    }
  }

  /** Returns the sum of the magnitudes of n elements, in the order in which fast loops add them. */
  private static double norm(Tensor x, int from, int n) {
    double[] sums = new double[4];
    for (int i = 0; i < n; i++) {
      sums[i < n / 4 * 4 ? i % 4 : 0] += Math.abs(at(x, from + i));
    }
    return sums[0] + sums[1] + (sums[2] + sums[3]);
  }
}
