package dev.limpid.tensor.ops;

import static dev.limpid.tensor.ops.ContractSubject.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Samples.Storage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations on every row by itself. */
public interface RowsContract extends ContractSubject {

  @ParameterizedTest
  @EnumSource(Storage.class)
  default void embeds(Storage storage) {
    Tensor stored = new Samples(42).weight(storage, 13, 37);
    for (Tensor table : new Tensor[] {stored, there(stored)}) {
      Tensor out = out(4, 37);
      ops().embed(table, new int[] {12, 0, 7, 7}, out);
      assertThat(out.row(0).toFloats()).isEqualTo(stored.row(12).toFloats());
      assertThat(out.row(3).toFloats()).isEqualTo(stored.row(7).toFloats());
      assertThatThrownBy(() -> ops().embed(table, new int[] {13}, ops().zeros(1, 37)))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("embed")
          .hasMessageContaining("13");
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "3,13", "5,37", "2,207", "40,64"})
  default void normalises(int t, int width) {
    Samples samples = new Samples(42);
    Tensor x = samples.gaussian(t, width);
    for (int i = 0; i < t * width; i++) {
      x.array()[x.offset() + i] += 50; // the mean is far from zero, as in trained models
    }
    Tensor gain = samples.gaussian(width);
    Tensor bias = samples.gaussian(width);
    Tensor there = there(x);
    Tensor gainThere = there(gain);
    Tensor biasThere = there(bias);
    for (boolean affine : new boolean[] {false, true}) {
      Tensor g = affine ? gainThere : null;
      Tensor b = affine ? biasThere : null;
      Tensor out = out(t, width);
      ops().layerNorm(there, g, b, 1e-5f, out);
      Tensor inPlace = there(x);
      ops().layerNorm(inPlace, g, b, 1e-5f, inPlace);
      assertThat(inPlace.toFloats()).isEqualTo(out.toFloats());
      for (int row = 0; row < t; row++) {
        double[] expected = layerNorm(x.row(row));
        for (int i = 0; affine && i < width; i++) {
          expected[i] = expected[i] * gain.get(i) + bias.get(i);
        }
        // The input itself is rounded at 50, which the division by the deviation magnifies.
        assertClose(out.row(row), expected, 1e-5);
      }
    }
    Tensor out = out(t, width);
    ops().rmsNorm(there, gainThere, 1e-6f, out);
    for (int row = 0; row < t; row++) {
      assertClose(out.row(row), rmsNorm(x.row(row), gain), ELEMENT_ROUNDING);
    }
    ops().rmsNorm(there, gainThere, 1e-6f, there);
    assertThat(there.toFloats()).isEqualTo(out.toFloats());
  }

  private static double[] layerNorm(Tensor x) {
    int width = x.dim(0);
    double mean = 0;
    for (int i = 0; i < width; i++) {
      mean += x.get(i) / (double) width;
    }
    double variance = 0;
    for (int i = 0; i < width; i++) {
      variance += (x.get(i) - mean) * (x.get(i) - mean) / width;
    }
    double[] y = new double[width];
    for (int i = 0; i < width; i++) {
      y[i] = (x.get(i) - mean) / Math.sqrt(variance + 1e-5f);
    }
    return y;
  }

  private static double[] rmsNorm(Tensor x, Tensor gain) {
    int width = x.dim(0);
    double squares = 0;
    for (int i = 0; i < width; i++) {
      squares += (double) x.get(i) * x.get(i);
    }
    double[] y = new double[width];
    for (int i = 0; i < width; i++) {
      y[i] = x.get(i) / Math.sqrt(squares / width + 1e-6f) * gain.get(i);
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({"1,1,2,1", "3,2,6,3", "7,3,64,32", "5,2,80,16", "4,1,38,19"})
  default void rotates(int t, int nHeads, int dHead, int half) {
    Tensor x = new Samples(42).gaussian(t, nHeads * dHead);
    Tensor cos = Samples.zeros(t, half);
    Tensor sin = Samples.zeros(t, half);
    for (int i = 0; i < t * half; i++) {
      cos.array()[cos.offset() + i] = (float) Math.cos(i);
      sin.array()[sin.offset() + i] = (float) Math.sin(i);
    }
    Tensor rotated = there(x);
    ops().rotate(rotated, dHead, there(cos), there(sin));
    Tensor out = rotated.toHeap();
    for (int row = 0; row < t; row++) {
      for (int j = 0; j < nHeads * dHead; j++) {
        int i = j % dHead;
        double expected = x.get(row, j);
        if (i < half) {
          expected = expected * cos.get(row, i) - x.get(row, j + half) * sin.get(row, i);
        } else if (i < 2 * half) {
          expected =
              expected * cos.get(row, i - half) + x.get(row, j - half) * sin.get(row, i - half);
        }
        assertThat((double) out.get(row, j)).isCloseTo(expected, within(1e-6));
      }
    }
  }
}
