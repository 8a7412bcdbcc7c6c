package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;

/** What the parts of {@link TensorOpsContract} share. */
public interface ContractSubject {
  /**
   * Error of a sum of float products, relative to the sum of their magnitudes: float rounding is
   * 6e-8 and the longest sums here, 207 terms in up to 16 chains, lose a few bits of it.
   */
  double SUM_ROUNDING = 1e-6;

  /** Error of an elementwise formula in float, relative to the larger of 1 and its result. */
  double ELEMENT_ROUNDING = 3e-7;

  /** Error of a probability: a few roundings of the score, which exp passes on. */
  double PROBABILITY_ROUNDING = 2e-6;

  /** Returns the implementation under test. */
  TensorOps ops();

  /** Returns a copy where the implementation computes, which starts in the middle of its memory. */
  default Tensor there(Tensor x) {
    int lead = 5;
    int size = Math.toIntExact(x.size());
    int[] dims = x.shape().dims().stream().mapToInt(Integer::intValue).toArray();
    Tensor copy = ops().zeros(size + 2 * lead).rows(lead, lead + size).reshape(dims);
    ops().copy(x, copy);
    return copy;
  }

  /** Returns a tensor to be written, full of numbers that must not be taken for a result. */
  default Tensor out(int... dims) {
    return there(new Samples(7).gaussian(dims));
  }

  /** Checks elements one by one; the tolerance is relative to the larger of 1 and the element. */
  static void assertClose(Tensor actual, double[] expected, double tolerance) {
    assertThat(actual.size()).isEqualTo(expected.length);
    float[] values = actual.toFloats();
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) values[i])
          .as("element %d", i)
          .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
    }
  }
}
