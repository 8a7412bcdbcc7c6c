package dev.limpid.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The formula on vectors small enough to check by hand. */
class ContributionMeasureTest {
  private static final double ROUNDING = 5e-6;

  private static final ContributionMeasure L2 =
      (part, whole) -> {
        double all = 0;
        double rest = 0;
        for (int i = 0; i < whole.length; i++) {
          all += (double) whole[i] * whole[i];
          rest += Math.pow((double) whole[i] - part[i], 2);
        }
        return Math.sqrt(all) - Math.sqrt(rest);
      };

  /** The figures are those of the tests of the method's authors, who use the 2-norm there. */
  @Test
  void attentionExampleOfTheAuthors() {
    double[] contributions =
        L2.contributions(
            List.of(new float[] {1, 1}, new float[] {-1, 0}, new float[] {2, 1}),
            new float[] {2, 2},
            0);

    assertThat(contributions).containsExactly(new double[] {0.43613, 0, 0.56387}, within(ROUNDING));
  }

  @Test
  void neuronExampleOfTheAuthors() {
    double[] contributions =
        L2.contributions(
            List.of(new float[] {1, 1}, new float[] {2, 2}, new float[] {1, 1}),
            new float[] {4, 4},
            0);

    assertThat(contributions).containsExactly(new double[] {0.25, 0.5, 0.25}, within(ROUNDING));
  }

  @Test
  void aPartThatOnlyOpposesGetsNothing() {
    assertThat(
            ContributionMeasure.L1.contributions(
                List.of(new float[] {3, 3}, new float[] {-1, -1}), new float[] {2, 2}, 0))
        .containsExactly(1, 0);
  }

  /** Residual 3y and block -2y: both have proximity -|y| or less, and neither is given a share. */
  @Test
  void partsThatOnlyCancelGetNothing() {
    float[] whole = {1, -2, 0.5f};
    List<float[]> parts = List.of(times(3, whole), times(-2, whole));

    assertThat(ContributionMeasure.L1.contributions(parts, whole, 0)).containsExactly(0, 0);
    assertThat(ContributionMeasure.L1.contributions(parts, whole, 1e-5)).containsExactly(0, 0);
  }

  @Test
  void theFloorCreditsEveryPart() {
    double[] contributions =
        ContributionMeasure.L1.contributions(
            List.of(new float[] {1}, new float[] {-1}), new float[] {1}, 0.25);

    assertThat(contributions).containsExactly(new double[] {0.8, 0.2}, within(1e-12));
  }

  private static float[] times(float factor, float[] vector) {
    float[] product = vector.clone();
    for (int i = 0; i < product.length; i++) {
      product[i] *= factor;
    }
    return product;
  }
}
