package dev.limpid.tensor.ops.vector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Samples;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The prefixes of an order hold what they must, and little more. */
class ComponentOrderTest {
  private static final int ROWS = 3;

  /** A step of magnitudes, as a factor. */
  private static final double STEP = 1.25;

  private final Samples samples = new Samples(1);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 45, 64, 207})
  void holdsAllSmallerComponentsAndNoneMuchLarger(int width) {
    Tensor y = samples.gaussian(ROWS, width);
    ComponentOrder order = ordered(y, inverseSizes(width));
    for (int row = 0; row < ROWS; row++) {
      for (float bound : new float[] {0.01f, 0.1f, 0.4f, 1, 3, 100}) {
        int[] prefix = prefix(order, row, bound);
        double[] relative = relative(y, row, width);
        long smaller = Arrays.stream(relative).filter(x -> x < bound).count();
        assertThat(Arrays.stream(prefix).filter(i -> relative[i] < bound)).hasSize((int) smaller);
        assertThat(prefix).doesNotHaveDuplicates();
        assertThat(Arrays.stream(prefix).mapToDouble(i -> relative[i]))
            .allMatch(x -> x <= bound * STEP);
      }
      assertThat((double) order.smallest(row))
          .isLessThanOrEqualTo(Arrays.stream(relative(y, row, width)).min().orElseThrow() * 1.0001);
    }
  }

  @Test
  void componentsThatNothingWritesAreAmongTheLastAndNothingOutgrowsWhatFollows() {
    int width = 45;
    Tensor y = samples.gaussian(ROWS, width);
    float[] inverse = inverseSizes(width);
    inverse[7] = 0;
    ComponentOrder order = ordered(y, inverse);
    for (int row = 0; row < ROWS; row++) {
      int last = order.start(row) + width - 1;
      assertThat(prefix(order, row, 0.4f)).isNotEmpty().doesNotContain(7);
      for (int i = last + 1; i < last + 1 + ComponentOrder.STRIDE; i++) {
        assertThat(order.components()[order.start(row) + order.order()[i]])
            .isEqualTo(Float.POSITIVE_INFINITY);
      }
    }
  }

  private static ComponentOrder ordered(Tensor y, float[] inverseSizes) {
    Scratch scratch = new Scratch();
    ComponentOrder order = new ComponentOrder(ROWS, y.dim(1), inverseSizes, scratch);
    for (int row = 0; row < ROWS; row++) {
      order.fill(y, row, scratch);
    }
    return order;
  }

  private static int[] prefix(ComponentOrder order, int row, float bound) {
    return Arrays.copyOfRange(order.order(), order.start(row), order.end(row, bound));
  }

  /** From 1 to 2, padded to whole vectors with zeros. */
  private static float[] inverseSizes(int width) {
    float[] inverse = new float[width + Lanes.VL];
    for (int i = 0; i < width; i++) {
      inverse[i] = 1 + (float) i / width;
    }
    return inverse;
  }

  private static double[] relative(Tensor y, int row, int width) {
    double[] relative = new double[width];
    for (int i = 0; i < width; i++) {
      relative[i] = Math.abs(y.get(row, i)) * (1 + (float) i / width);
    }
    return relative;
  }
}
