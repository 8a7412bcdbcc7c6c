package dev.limpid.tensor.ops;

import static dev.limpid.tensor.ops.ContractSubject.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that have a plain form, of which an implementation may have another. */
public interface PlainContract extends ContractSubject {

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "3,13", "5,37", "2,207", "40,64"})
  default void tellsWhatNormsScaleBy(int t, int width) {
    Samples samples = new Samples(42);
    Tensor x = samples.gaussian(t, width);
    Tensor ones = samples.gaussian(width);
    for (int i = 0; i < t * width; i++) {
      x.array()[x.offset() + i] += 5;
    }
    for (boolean centred : new boolean[] {false, true}) {
      double[] expected = new double[t];
      for (int row = 0; row < t; row++) {
        double mean = 0;
        double squares = 0;
        for (int i = 0; i < width; i++) {
          mean += centred ? x.get(row, i) / (double) width : 0;
        }
        for (int i = 0; i < width; i++) {
          squares += Math.pow(x.get(row, i) - mean, 2);
        }
        expected[row] = 1 / Math.sqrt(squares / width + 0.01f);
      }
      Tensor there = there(x);
      Tensor out = out(t);
      ops().normScales(there, centred, 0.01f, out);
      // The input is rounded at 5, which the subtraction of the mean magnifies.
      assertClose(out, expected, 3e-6);

      // Behind the norm itself, as a pass asks for them: the same bits.
      Tensor gain = there(ones);
      Tensor behind = out(t);
      Tensor normed = out(t, width);
      if (centred) {
        ops().layerNorm(there, gain, null, 0.01f, normed);
      } else {
        ops().rmsNorm(there, gain, 0.01f, normed);
      }
      ops().normScales(there, centred, 0.01f, behind);
      assertThat(behind.toFloats()).isEqualTo(out.toFloats());
      for (int i = 0; i < t * width && !centred; i++) {
        double y = x.get(i / width, i % width) * expected[i / width] * ones.get(i % width);
        assertThat((double) normed.get(i / width, i % width)).isCloseTo(y, offset(y));
      }
      assertThat(there.toFloats()).isEqualTo(x.toFloats());
    }
  }

  private static Offset<Double> offset(double y) {
    return within(ELEMENT_ROUNDING * Math.max(1, Math.abs(y)));
  }

  /** The scales are those of what was normed, not of what the norm left in its place. */
  @Test
  default void tellsWhatNormsInPlaceScaleBy() {
    Tensor x = new Samples(42).gaussian(3, 13);
    Tensor there = there(x);
    Tensor gain = there(new Samples(43).gaussian(13));
    ops().rmsNorm(there, gain, 0.01f, there);
    Tensor normed = there(there);
    Tensor out = out(3);
    ops().normScales(there, false, 0.01f, out);
    Tensor expected = out(3);
    ops().normScales(normed, false, 0.01f, expected);
    assertThat(out.toFloats()).isEqualTo(expected.toFloats());
  }

  @Test
  default void embedsRowsTimesNumbers() {
    Tensor table = new Samples(42).gaussian(13, 37);
    int[] ids = {12, 0, 7, 7};
    float[] factors = {1, -0.5f, 3, 0};
    Tensor out = out(4, 37);
    ops().embedScaled(there(table), ids, factors, out);
    for (int t = 0; t < 4; t++) {
      for (int i = 0; i < 37; i++) {
        assertThat(out.get(t, i)).isEqualTo(factors[t] * table.get(ids[t], i));
      }
    }
    assertThatThrownBy(
            () -> ops().embedScaled(there(table), new int[] {13}, new float[1], out(1, 37)))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  default void multipliesRowsWithFactors() {
    Tensor x = new Samples(42).gaussian(5, 39);
    Tensor factors = new Samples(43).gaussian(3, 13);
    Tensor there = there(x);
    Tensor out = out(5, 39);
    ops().multiplyRows(there, there(factors), out);
    ops().multiplyRows(there, there(factors), there);
    for (int t = 0; t < 5; t++) {
      for (int i = 0; i < 39; i++) {
        assertThat(out.get(t, i)).isEqualTo(x.get(t, i) * factors.get(i / 13, i % 13));
      }
    }
    assertThat(there.toFloats()).isEqualTo(out.toFloats());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  default void sumsTermsAndOthers(int nOthers) {
    Samples samples = new Samples(42);
    Tensor terms = samples.gaussian(5, 3, 37);
    List<Tensor> others = List.of(samples.gaussian(5, 37), samples.gaussian(5, 37));
    double[] expected = new double[5 * 37];
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < 3; j++) {
        expected[i] += terms.get(i / 37, j, i % 37);
      }
      for (int other = 0; other < nOthers; other++) {
        expected[i] += others.get(other).get(i / 37, i % 37);
      }
    }
    Tensor out = out(5, 37);
    List<Tensor> there = others.subList(0, nOthers).stream().map(this::there).toList();
    ops().sumTerms(there(terms), there, out);
    assertClose(out, expected, SUM_ROUNDING);
  }

  @Test
  default void cutsOff() {
    Tensor x = Tensor.of(new float[] {-9, -2.5f, -2, 0, 2, 2.5f, 1e30f, Float.NaN}, 8);
    Tensor there = there(x);
    Tensor out = out(8);
    ops().clip(there, 2.5f, out);
    // What is no number stays none: it is to be found.
    assertThat(out.toFloats()).containsExactly(-2.5f, -2.5f, -2, 0, 2, 2.5f, 2.5f, Float.NaN);
    ops().clip(there, 2.5f, there);
    assertThat(there.toFloats()).isEqualTo(out.toFloats());
  }

  @Test
  default void gatesWithALimit() {
    int n = 401;
    Tensor gate = Samples.zeros(n);
    Tensor up = Samples.zeros(n);
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      gate.array()[gate.offset() + i] = (i - n / 2) * 0.1f; // -20 to 20
      up.array()[up.offset() + i] = (i * 7 % n - n / 2) * 0.1f;
      double g = Math.min(gate.get(i), 7);
      double u = Math.max(-7, Math.min(7, up.get(i)));
      expected[i] = (u + 1) * g / (1 + Math.exp(-1.702 * g));
    }
    Tensor there = there(gate);
    Tensor out = out(n);
    ops().clampedGate(there, there(up), 7, 1.702, out);
    assertClose(out, expected, SUM_ROUNDING);
    ops().clampedGate(there, there(up), 7, 1.702, there);
    assertThat(there.toFloats()).isEqualTo(out.toFloats());
    Tensor none = Tensor.of(new float[] {Float.NaN, 1}, 2);
    Tensor other = Tensor.of(new float[] {1, Float.NaN}, 2);
    Tensor found = out(2);
    ops().clampedGate(there(none), there(other), 7, 1.702, found);
    assertThat(found.toFloats()).containsOnly(Float.NaN);
  }
}
