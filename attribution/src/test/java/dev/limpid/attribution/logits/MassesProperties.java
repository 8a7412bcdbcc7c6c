package dev.limpid.attribution.logits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Exponentials in blocks against {@code Math.exp}. */
class MassesProperties {
  /** Of sums of up to some thousand exponentials, each good to 1e-13 where it counts. */
  private static final double ROUNDING = 1e-12;

  private static final int BEFORE = 13;

  @Property(tries = 300)
  void areThoseOfExp(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 1207) int n,
      @ForAll @IntRange(min = 0, max = 200) int spread) {
    Random random = new Random(seed);
    float[] logits = new float[BEFORE + n + 7];
    Arrays.fill(logits, 1e9f); // what is not of the row must not be read
    double max = Double.NEGATIVE_INFINITY;
    for (int i = BEFORE; i < BEFORE + n; i++) {
      logits[i] = (float) (random.nextGaussian() * spread);
      max = Math.max(max, logits[i]);
    }
    double sum = 0;
    double weighted = 0;
    for (int i = BEFORE; i < BEFORE + n; i++) {
      double mass = Math.exp(logits[i] - max);
      sum += mass;
      weighted += (logits[i] - max) * mass;
    }
    Masses found = Masses.of(logits, BEFORE, n, max);
    assertThat(found.sum()).isCloseTo(sum, within(ROUNDING * sum));
    assertThat(found.weighted()).isCloseTo(weighted, within(ROUNDING * sum));
  }

  /** Nothing is left of what is far below, and nothing overflows. */
  @Example
  void whatIsFarBelowWeighsNothing() {
    float[] logits = {3, -3e38f, -1e5f, -200};
    Masses found = Masses.of(logits, 0, logits.length, 3);
    assertThat(found.sum()).isCloseTo(1, within(ROUNDING));
    assertThat(found.weighted()).isCloseTo(0, within(ROUNDING));
  }
}
