package dev.limpid.attribution.logits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What is measured of logits, and its slope. */
class MetricProperties {
  private static final float STEP = 0x1p-6f;

  /** The third derivative of a softmax over some logits, times the step squared. */
  private static final double CURVATURE = 1e-3;

  private static final double ROUNDING = 1e-9;

  @Property(tries = 200)
  void gradientsAreSlopes(
      @ForAll Metric.Kind kind, @ForAll long seed, @ForAll @IntRange(min = 2, max = 13) int size) {
    Random random = new Random(seed);
    Tensor logits = logits(random, size);
    Metric metric = new Metric(kind, size - 1, 0, logits(random, size));
    float[] gradient = metric.gradient(logits).toFloats();
    for (int v = 0; v < size; v++) {
      double up = metric.of(moved(logits, v, STEP));
      double down = metric.of(moved(logits, v, -STEP));
      assertThat((double) gradient[v])
          .as("token %d", v)
          .isCloseTo((up - down) / (2 * STEP), within(CURVATURE));
    }
  }

  @Property(tries = 100)
  void probabilitiesDoNotSeeAConstant(
      @ForAll long seed, @ForAll @IntRange(min = 2, max = 13) int size) {
    Random random = new Random(seed);
    Tensor logits = logits(random, size);
    Tensor before = logits(random, size);
    for (Metric.Kind kind : Metric.Kind.values()) {
      double sum = 0;
      for (float g : new Metric(kind, 1, 0, before).gradient(logits).toFloats()) {
        sum += g;
      }
      assertThat(sum).as("%s", kind).isCloseTo(kind == Metric.Kind.LOGIT ? 1 : 0, within(1e-6));
    }
  }

  @Example
  void readsTheNumberItsNameSays() {
    Tensor logits = Tensor.of(new float[] {1, 3, 2}, 3);
    Tensor before = Tensor.of(new float[] {0, 0, 0}, 3);
    double sum = Math.exp(1) + Math.exp(3) + Math.exp(2);
    double p = Math.exp(3) / sum;
    assertThat(value(Metric.Kind.LOGIT_DIFFERENCE, logits, before)).isEqualTo(2);
    assertThat(value(Metric.Kind.LOGIT, logits, before)).isEqualTo(3);
    assertThat(value(Metric.Kind.PROBABILITY, logits, before)).isCloseTo(p, within(ROUNDING));
    assertThat(value(Metric.Kind.LOG_PROBABILITY, logits, before))
        .isCloseTo(Math.log(p), within(ROUNDING));
    double kl =
        (Math.log(sum / 3 / Math.exp(1))
                + Math.log(sum / 3 / Math.exp(3))
                + Math.log(sum / 3 / Math.exp(2)))
            / 3;
    assertThat(value(Metric.Kind.KL, logits, before)).isCloseTo(kl, within(ROUNDING));
    assertThat(value(Metric.Kind.KL, before, before)).isZero();
  }

  private static double value(Metric.Kind kind, Tensor logits, Tensor before) {
    return new Metric(kind, 1, 0, before).of(logits);
  }

  @Example
  void whatCannotBeSaidIsFinite() {
    Tensor logits = Tensor.of(new float[] {-3000, 3000}, 2);
    assertThat(new Metric(Metric.Kind.LOG_PROBABILITY, 0, null, null).of(logits)).isEqualTo(-6000);
    assertThat(Metric.divergence(Tensor.of(new float[] {0, 0}, 2), logits))
        .isCloseTo(3000 - Math.log(2), within(ROUNDING));
  }

  @Example
  void asksForWhatItIsMadeOf() {
    assertThatThrownBy(() -> new Metric(Metric.Kind.LOGIT_DIFFERENCE, 3, null, null))
        .hasMessageContaining("distractor");
    assertThatThrownBy(() -> new Metric(Metric.Kind.LOGIT, 3, 3, null)).hasMessageContaining("#3");
    assertThatThrownBy(() -> new Metric(Metric.Kind.KL, 3, null, null))
        .hasMessageContaining("before");
    assertThat(Metric.Kind.byDefault(null)).hasToString("log_probability");
    assertThat(Metric.Kind.byDefault(1)).hasToString("logit_difference");
  }

  private static Tensor logits(Random random, int size) {
    Tensor logits = Tensor.zeros(size);
    for (int v = 0; v < size; v++) {
      logits.array()[v] = (float) (3 * random.nextGaussian());
    }
    return logits;
  }

  private static Tensor moved(Tensor logits, int token, float by) {
    Tensor moved = Tensor.of(logits.toFloats(), logits.dim(0));
    moved.array()[token] += by;
    return moved;
  }
}
