package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.List;

/**
 * The proximities of the parts of states, to be turned into shares in place, a state at a time.
 *
 * @param terms of attention, [H, T (T + 1) / 2], none negative; [0, 0] where there are none
 * @param others the other parts, each [T]
 * @param whole y, [T, D]
 */
record NodeParts(Tensor terms, List<Tensor> others, Tensor whole) {
  /** From so many terms of a head on, they are summed in vectors. */
  private static final int LONG = 64;

  /**
   * Divides max(proximity, floor) of each part of one state by their sum; returns false, and sets
   * all of them to 0, if the parts cancel.
   */
  boolean normalise(int t, float floor) {
    raise(t, 0);
    double sum = sum(t);
    boolean cancelling = sum <= TensorOps.CANCELLING * norm(t);
    if (floor > 0) {
      raise(t, floor);
      sum = sum(t);
    }
    multiply(t, cancelling ? 0 : (float) (1 / sum));
    return !cancelling;
  }

  private void raise(int t, float floor) {
    // What is none less than 0 need not be read for that.
    for (int h = 0; h < terms.dim(0) && floor > 0; h++) {
      float[] values = terms.array();
      int from = termsAt(h, t);
      for (int i = from; i < from + t + 1; i++) {
        values[i] = Math.max(values[i], floor);
      }
    }
    for (Tensor part : others) {
      part.array()[part.offset() + t] = Math.max(part.get(t), floor);
    }
  }

  private double sum(int t) {
    double sum = 0;
    for (int h = 0; h < terms.dim(0); h++) {
      sum += sum(terms.array(), termsAt(h, t), t + 1);
    }
    for (Tensor part : others) {
      sum += part.get(t);
    }
    return sum;
  }

  /** Returns the sum of numbers none of which is negative. */
  private static double sum(float[] values, int from, int n) {
    // Short prompts come to few of them, and are done before vector code has been compiled.
    return n < LONG ? norm(values, from, n) : DoubleSums.sum(values, from, n);
  }

  private void multiply(int t, float factor) {
    float[] values = terms.array();
    for (int h = 0; h < terms.dim(0); h++) {
      int from = termsAt(h, t);
      for (int i = from; i < from + t + 1; i++) {
        values[i] *= factor;
      }
    }
    for (Tensor part : others) {
      part.array()[part.offset() + t] *= factor;
    }
  }

  private int termsAt(int h, int t) {
    return terms.offset() + h * terms.dim(1) + t * (t + 1) / 2;
  }

  private double norm(int t) {
    int width = whole.dim(1);
    return norm(whole.array(), whole.offset() + t * width, width);
  }

  /** Returns the sum of absolute values, as four sums that do not wait for each other. */
  private static double norm(float[] values, int from, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = from;
    for (; i < from + n - 3; i += 4) {
      s0 += Math.abs(values[i]);
      s1 += Math.abs(values[i + 1]);
      s2 += Math.abs(values[i + 2]);
      s3 += Math.abs(values[i + 3]);
    }
    for (; i < from + n; i++) {
      s0 += Math.abs(values[i]);
    }
    return s0 + s1 + (s2 + s3);
  }
}
