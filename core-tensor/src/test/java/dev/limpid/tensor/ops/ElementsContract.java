package dev.limpid.tensor.ops;

import static dev.limpid.tensor.ops.ContractSubject.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations on every element by itself, and the choice of some of them. */
public interface ElementsContract extends ContractSubject {

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void activates(Activation f) {
    int n = 4001;
    Tensor x = Samples.zeros(n);
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      x.array()[x.offset() + i] = (i - n / 2) * 0.01f; // -20 to 20
      expected[i] = activation(f, x.get(i));
    }
    Tensor there = there(x);
    Tensor out = out(n);
    ops().activate(f, there, out);
    assertClose(out, expected, ELEMENT_ROUNDING);
    ops().activate(f, there, there);
    assertThat(there.toFloats()).isEqualTo(out.toFloats());
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void activatesExtremes(Activation f) {
    Tensor x = Tensor.of(new float[] {-1e30f, -100, -0f, 0, 100, 1e30f, -88.5f, 88.5f}, 8);
    Tensor out = out(8);
    ops().activate(f, there(x), out);
    for (int i = 0; i < 8; i++) {
      float line = Math.max(0, x.get(i));
      float expected = f == Activation.RELU_SQUARED ? line * line : line;
      if (Float.isInfinite(expected)) { // too large for a float: found where states are checked
        assertThat(out.get(i)).isEqualTo(expected);
      } else {
        assertThat((double) out.get(i)).isCloseTo(expected, within(1e-30 + 1e-6 * expected));
      }
    }
  }

  /** Returns f(x). */
  static double activation(Activation f, double x) {
    return switch (f) {
      case RELU -> Math.max(0, x);
      case RELU_SQUARED -> x > 0 ? x * x : 0;
      case GELU_ERF -> x * normal(x);
      case GELU_TANH ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * Math.pow(x, 3))));
      case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
      case SILU -> x / (1 + Math.exp(-x));
    };
  }

  /** Phi(x) by its Taylor series (small x) or its continued fraction (large x). */
  private static double normal(double x) {
    if (x < 0) {
      return 1 - normal(-x) > 0.999 ? tail(-x) : 1 - normal(-x);
    }
    return x > 3 ? 1 - tail(x) : 0.5 + series(x);
  }

  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static double tail(double x) {
    double fraction = x;
    for (int n = 200; n > 0; n--) {
      fraction = x + n / fraction;
    }
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) / fraction;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 13, 37, 207, 5000, 20_001})
  default void addsSubtractsAndMultiplies(int n) {
    Samples samples = new Samples(42);
    Tensor a = samples.gaussian(n);
    Tensor b = samples.gaussian(n);
    Tensor aThere = there(a);
    Tensor bThere = there(b);
    Tensor sum = out(n);
    Tensor difference = out(n);
    Tensor product = out(n);
    ops().add(aThere, bThere, sum);
    ops().subtract(aThere, bThere, difference);
    ops().multiply(aThere, bThere, product);
    float[] sums = sum.toFloats();
    float[] differences = difference.toFloats();
    float[] products = product.toFloats();
    for (int i = 0; i < n; i++) {
      assertThat(sums[i]).isEqualTo(a.get(i) + b.get(i));
      assertThat(differences[i]).isEqualTo(a.get(i) - b.get(i));
      assertThat(products[i]).isEqualTo(a.get(i) * b.get(i));
    }
    ops().add(aThere, bThere, aThere);
    assertThat(aThere.toFloats()).isEqualTo(sums);
  }

  @Test
  default void selectsTheLargest() {
    Tensor x = new Samples(42).gaussian(1207);
    x.array()[x.offset() + 7] = 9;
    x.array()[x.offset() + 1200] = 9;
    x.array()[x.offset() + 3] = 10;
    int[] top = ops().topK(there(x), 207);
    assertThat(ops().topK(x, 207)).isEqualTo(top);
    assertThat(Arrays.copyOf(top, 3)).containsExactly(3, 7, 1200);
    assertThat(top).hasSize(207).doesNotHaveDuplicates();
    for (int i = 1; i < top.length; i++) {
      assertThat(x.get(top[i])).isLessThanOrEqualTo(x.get(top[i - 1]));
    }
    float least = x.get(top[206]);
    assertThat(x.toFloats()).satisfies(all -> assertThat(countAbove(all, least)).isEqualTo(206));
    assertThat(ops().topK(there(x), 0)).isEmpty();
    assertThat(ops().topK(Tensor.of(new float[] {2, 2, 2}, 3), 5)).containsExactly(0, 1, 2);
  }

  private static int countAbove(float[] values, float least) {
    int count = 0;
    for (float value : values) {
      count += value > least ? 1 : 0;
    }
    return count;
  }
}
