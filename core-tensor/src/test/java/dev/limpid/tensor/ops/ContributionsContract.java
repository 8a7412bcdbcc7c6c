package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much the parts of a state have in it. */
public interface ContributionsContract extends ContractSubject {

  @ParameterizedTest
  @CsvSource({"1,1", "3,7", "5,37", "2,207", "3,768"})
  default void measuresProximity(int t, int width) {
    Samples samples = new Samples(42);
    Tensor whole = samples.gaussian(t, width);
    whole.array()[whole.offset()] = 1e6f; // a huge component must not swallow the small ones
    Tensor part = samples.gaussian(t, width);
    Tensor out = out(t);
    ops().proximity(there(part), there(whole), out);
    for (int row = 0; row < t; row++) {
      double sum = 0;
      double magnitude = 0;
      for (int i = 0; i < width; i++) {
        double y = whole.get(row, i);
        double z = part.get(row, i);
        sum += Math.abs(y) - Math.abs(y - z);
        magnitude += Math.abs(z);
      }
      double roundingOfHugeComponent = row == 0 ? 0.07 : 0;
      assertThat((double) out.get(row))
          .isCloseTo(sum, within(SUM_ROUNDING * magnitude + roundingOfHugeComponent));
    }
  }

  /** Compares with the formula in double, relative to the largest any part can have, |y|_1. */
  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1,1",
    "1,7,2,1,3,1",
    "7,7,3,3,5,7",
    "13,37,4,2,16,13",
    "13,37,4,2,16,3",
    "37,64,3,1,8,37",
    "40,207,2,2,13,40",
    "70,45,6,2,9,70",
    "70,45,6,2,9,20"
  })
  default void measuresAttentionProximity(
      int t, int width, int nHeads, int nKvHeads, int dHead, int window) {
    Samples samples = new Samples(42);
    Tensor whole = samples.gaussian(t, width);
    for (int i = 0; i < t * width; i += 5) {
      whole.array()[whole.offset() + i] *=
          1e-3f; // small components: where the formula is not linear
    }
    whole.array()[whole.offset()] = 0;
    Tensor pattern = samples.pattern(nHeads, t, t);
    for (int row = 0; row < nHeads * t; row++) {
      int from = pattern.offset() + row * t;
      Arrays.fill(pattern.array(), from, from + Math.max(0, row % t + 1 - window), 0);
    }
    Tensor values = samples.gaussian(nKvHeads, t, dHead);
    Tensor weight = samples.gaussian(width, nHeads * dHead);
    int group = nHeads / nKvHeads;
    Tensor proximities = out(nHeads, t * (t + 1) / 2);
    PackedMatrix projection = ops().packBothWays(weight, WeightLayout.OUT_IN);
    ops().attentionProximity(there(pattern), there(values), projection, there(whole), proximities);
    Tensor out = proximities.toHeap();
    for (int h = 0; h < nHeads; h++) {
      for (int k = 0; k < t; k++) {
        double[] u = new double[weight.dim(0)];
        double norm = 0;
        for (int i = 0; i < u.length; i++) {
          for (int j = 0; j < dHead; j++) {
            u[i] += (double) values.get(h / group, k, j) * weight.get(i, h * dHead + j);
          }
          norm += Math.abs(u[i]);
        }
        for (int q = k; q < t; q++) {
          double a = pattern.get(h, q, k);
          double sum = 0;
          for (int i = 0; i < u.length; i++) {
            double y = whole.get(q, i);
            sum += Math.abs(y) - Math.abs(y - a * u[i]);
          }
          assertThat((double) out.get(h, q * (q + 1) / 2 + k))
              .as("head %d, query %d, key %d", h, q, k)
              .isCloseTo(Math.max(0, sum), within(2e-6 * a * norm * Math.sqrt(dHead) + 1e-30));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,0", "3,7,2,0", "13,37,3,0.01", "40,45,4,1e-7"})
  default void makesSharesOfProximities(int t, int width, int nHeads, float floor) {
    Samples samples = new Samples(42);
    Tensor whole = samples.gaussian(t, width);
    Tensor terms = samples.gaussian(nHeads, t * (t + 1) / 2);
    for (int i = 0; i < terms.size(); i++) {
      int at = terms.offset() + i;
      terms.array()[at] = Math.max(0, terms.array()[at]); // about half of them are 0
    }
    Tensor first = samples.gaussian(t);
    first.array()[first.offset()] = 0.1f; // where all others may be negative
    Tensor second = samples.gaussian(t);
    Tensor termsThere = there(terms);
    Tensor firstThere = there(first);
    Tensor secondThere = there(second);
    Tensor ones = Tensor.zeros(t);
    Arrays.fill(ones.array(), 1);
    Tensor cancelling = there(ones);
    List<Tensor> others = List.of(firstThere, secondThere);
    ops().normaliseParts(termsThere, others, there(whole), floor, cancelling);
    assertThat(cancelling.toFloats()).containsOnly(0);
    for (int q = 0; q < t; q++) {
      double sum = Math.max(first.get(q), floor) + (double) Math.max(second.get(q), floor);
      for (int h = 0; h < nHeads; h++) {
        for (int k = 0; k <= q; k++) {
          sum += Math.max(terms.get(h, q * (q + 1) / 2 + k), floor);
        }
      }
      for (int h = 0; h < nHeads; h++) {
        for (int k = 0; k <= q; k++) {
          int pair = q * (q + 1) / 2 + k;
          assertThat((double) termsThere.get(h, pair))
              .isCloseTo(Math.max(terms.get(h, pair), floor) / sum, within(ELEMENT_ROUNDING));
        }
      }
      assertThat((double) firstThere.get(q))
          .isCloseTo(Math.max(first.get(q), floor) / sum, within(ELEMENT_ROUNDING));
      assertThat((double) secondThere.get(q))
          .isCloseTo(Math.max(second.get(q), floor) / sum, within(ELEMENT_ROUNDING));
    }
  }

  /** Row by row |y|_1 is 4: parts above, at and below a millionth of it. */
  @Test
  default void partsThatCancelHaveNoShares() {
    Tensor whole = there(Tensor.of(new float[] {1, -3, 4, 0, -2, 2, 0, 0}, 4, 2));
    for (float floor : new float[] {0, 0.5f}) {
      Tensor up = there(Tensor.of(new float[] {5e-6f, 3e-6f, -7, 0}, 4));
      Tensor down = there(Tensor.of(new float[] {-6, -6, -5, 0}, 4));
      Tensor cancelling = out(4);
      ops().normaliseParts(null, List.of(up, down), whole, floor, cancelling);
      assertThat(cancelling.toFloats()).containsExactly(0, 1, 1, 1);
      assertThat(up.toFloats()).containsExactly(floor == 0 ? 1 : 0.5f, 0, 0, 0);
      assertThat(down.toFloats()).containsExactly(floor == 0 ? 0 : 0.5f, 0, 0, 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,0", "3,2,0.3", "13,5,0.6", "45,4,0.8", "207,9,1.5"})
  default void findsTheKeysAboveAThreshold(int t, int nHeads, float threshold) {
    Samples samples = new Samples(42);
    Tensor terms = samples.gaussian(nHeads, t * (t + 1) / 2);
    for (int i = 0; i < terms.size(); i++) {
      // Halves of small numbers: sums are exact in any order, and none is the threshold.
      int at = terms.offset() + i;
      terms.array()[at] = Math.max(0, Math.round(terms.array()[at] * 2) / 2f - 0.5f);
    }
    KeysAbove above = ops().keysAbove(there(terms), threshold);
    assertThat(above.rows()).hasSize(t + 1);
    assertThat(above.rows()[0]).isZero();
    for (int q = 0; q < t; q++) {
      int i = above.rows()[q];
      for (int k = 0; k <= q; k++) {
        double sum = 0;
        for (int h = 0; h < nHeads; h++) {
          sum += terms.get(h, q * (q + 1) / 2 + k);
        }
        if (sum > threshold || k == q) {
          assertThat(above.keys()[i]).as("query %d", q).isEqualTo(k);
          for (int h = 0; h < nHeads; h++) {
            assertThat(above.terms()[i * nHeads + h]).isEqualTo(terms.get(h, q * (q + 1) / 2 + k));
          }
          i++;
        }
      }
      assertThat(above.rows()[q + 1]).as("query %d", q).isEqualTo(i);
    }
    assertThat(above.keys()).hasSize(above.rows()[t]);
    assertThat(above.terms()).hasSize(above.rows()[t] * nHeads);
  }
}
