package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Samples.Storage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packing weights and multiplying by them, in both directions. */
public interface WeightsContract extends ContractSubject {

  @ParameterizedTest
  @EnumSource(Storage.class)
  default void multipliesByWeightsOfEveryStorageInBothLayouts(Storage storage) {
    Samples samples = new Samples(42);
    for (int outputs : new int[] {1, 7, 13, 37, 207}) {
      for (int inputs : new int[] {1, 7, 37, 300}) {
        for (WeightLayout layout : WeightLayout.values()) {
          boolean outIn = layout == WeightLayout.OUT_IN;
          Tensor weight =
              samples.weight(storage, outIn ? outputs : inputs, outIn ? inputs : outputs);
          PackedMatrix packed = ops().pack(weight, layout);
          assertThat(packed.inputs()).isEqualTo(inputs);
          assertThat(packed.outputs()).isEqualTo(outputs);
          for (int t : new int[] {1, 5}) {
            checkMatmul(packed, weight, layout, 0, 0, t);
          }
        }
      }
    }
  }

  @Test
  default void multipliesAnyNumberOfRows() {
    Tensor weight = new Samples(42).weight(Storage.F16, 45, 37);
    PackedMatrix packed = ops().pack(weight, WeightLayout.OUT_IN);
    for (int t = 1; t <= 40; t++) {
      checkMatmul(packed, weight, WeightLayout.OUT_IN, 0, 0, t);
    }
    checkMatmul(packed, weight, WeightLayout.OUT_IN, 0, 0, 523);
  }

  /** So that prompts can be stacked as rows: each gets the bits that it gets alone. */
  @ParameterizedTest
  @EnumSource(Storage.class)
  default void aRowIsTheSameAmongAnyOthers(Storage storage) {
    Samples samples = new Samples(42);
    PackedMatrix packed = ops().pack(samples.weight(storage, 45, 300), WeightLayout.OUT_IN);
    Tensor x = there(samples.gaussian(523, 300));
    Tensor together = out(523, 45);
    ops().matmul(x, packed, null, together);
    int[] ends = {ops().fewestStacked(), 13, 33, 50, 207, 523};
    for (int i = 0, from = 0; i < ends.length; from = ends[i], i++) {
      Tensor apart = out(ends[i] - from, 45);
      ops().matmul(x.rows(from, ends[i]), packed, null, apart);
      assertThat(apart.toFloats()).isEqualTo(together.rows(from, ends[i]).toFloats());
    }
  }

  @Test
  default void sumsOverManyInputs() {
    Tensor weight = new Samples(42).weight(Storage.BF16, 3, 1111);
    checkMatmul(ops().pack(weight, WeightLayout.OUT_IN), weight, WeightLayout.OUT_IN, 0, 0, 13);
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  default void packsRangesOfOutputsAndSlicesOfInputs(Storage storage) {
    for (WeightLayout layout : WeightLayout.values()) {
      Tensor weight = new Samples(42).weight(storage, 77, 77);
      PackedMatrix packed = ops().pack(weight, layout, 13, 58);
      assertThat(packed.outputs()).isEqualTo(45);
      checkMatmul(packed, weight, layout, 13, 0, 7);
      checkMatmul(packed.inputs(9, 46), weight, layout, 13, 9, 7);
      checkMatmul(packed.inputs(9, 46).inputs(1, 14), weight, layout, 13, 10, 1);
      checkMatmul(ops().pack(weight, layout, 20, 20), weight, layout, 20, 0, 3);
      checkMatmul(packed.inputs(5, 5), weight, layout, 13, 5, 3);
    }
  }

  @Test
  default void keepsHalfPrecisionExactly() {
    // Every finite F16 number in a matrix [63488, 1], times one.
    Tensor all = Tensor.zeros(63488, 1);
    for (int bits = 0, i = 0; bits < 0x10000; bits++) {
      if ((bits & 0x7c00) != 0x7c00) {
        all.array()[i++] = Float.float16ToFloat((short) bits);
      }
    }
    PackedMatrix packed = ops().pack(Samples.stored(Storage.F16, all), WeightLayout.OUT_IN);
    for (int t : new int[] {1, 2}) {
      Tensor ones = Tensor.zeros(t, 1);
      Arrays.fill(ones.array(), 1);
      Tensor out = ops().zeros(t, 63488);
      ops().matmul(there(ones), packed, null, out);
      assertThat(out.row(t - 1).toFloats())
          .usingComparator(WeightsContract::compareValues)
          .isEqualTo(all.array());
    }
  }

  private static int compareValues(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      if (a[i] != b[i]) {
        return Float.compare(a[i], b[i]);
      }
    }
    return Integer.compare(a.length, b.length);
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  default void multipliesAgainstTheDirection(Storage storage) {
    Samples samples = new Samples(42);
    for (WeightLayout layout : WeightLayout.values()) {
      Tensor weight = samples.weight(storage, 77, 37);
      PackedMatrix packed = ops().packBothWays(weight, layout);
      assertThat(packed.bothWays()).isTrue();
      PackedMatrix transposed = ops().pack(weight, layout.transposed());
      assertThat(packed.bytes()).isGreaterThanOrEqualTo(transposed.bytes());
      for (int t : new int[] {1, 5}) {
        checkMatmul(packed, weight, layout, 0, 0, t);
        Tensor x = there(samples.gaussian(t, packed.outputs()));
        Tensor expected = out(t, packed.inputs());
        ops().matmul(x, transposed, null, expected);
        Tensor actual = out(t, packed.inputs());
        ops().matmulTransposed(x, packed, actual);
        assertThat(actual.toFloats()).isEqualTo(expected.toFloats());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  default void multipliesAgainstTheDirectionOfAnyForm(Storage storage) {
    Samples samples = new Samples(42);
    for (WeightLayout layout : WeightLayout.values()) {
      Tensor weight = samples.weight(storage, 207, 77);
      PackedMatrix packed = ops().pack(weight, layout);
      for (int t : new int[] {1, 5, 40}) {
        checkTransposed(packed, weight, layout, 0, 0, samples.gaussian(t, packed.outputs()));
      }
      PackedMatrix part = ops().pack(weight, layout, 13, 58).inputs(9, 46);
      checkTransposed(part, weight, layout, 13, 9, samples.gaussian(7, 45));
      checkTransposed(part, weight, layout, 13, 9, samples.gaussian(1, 45));
      checkTransposed(packed, weight, layout, 0, 0, fewElements(packed.outputs()));
    }
  }

  /** A row of zeros but for two: the gradient of a difference of logits. */
  private static Tensor fewElements(int n) {
    Tensor x = Tensor.zeros(1, n);
    x.array()[3] = 1;
    x.array()[n - 7] = -1;
    return x;
  }

  private void checkTransposed(
      PackedMatrix packed, Tensor weight, WeightLayout layout, int out0, int in0, Tensor x) {
    Tensor out = out(x.dim(0), packed.inputs());
    ops().matmulTransposed(there(x), packed, out);
    Tensor result = out.toHeap();
    Tensor w = weight.toHeap();
    for (int row = 0; row < x.dim(0); row++) {
      for (int i = 0; i < packed.inputs(); i++) {
        double sum = 0;
        double magnitude = 0;
        for (int o = 0; o < packed.outputs(); o++) {
          boolean outIn = layout == WeightLayout.OUT_IN;
          float element = outIn ? w.get(out0 + o, in0 + i) : w.get(in0 + i, out0 + o);
          sum += (double) x.get(row, o) * element;
          magnitude += Math.abs((double) x.get(row, o) * element);
        }
        assertThat((double) result.get(row, i)).isCloseTo(sum, within(SUM_ROUNDING * magnitude));
      }
    }
  }

  @Test
  default void oneDirectionIsNotTwo() {
    Tensor weight = new Samples(42).weight(Storage.F32, 7, 5);
    PackedMatrix packed = ops().pack(weight, WeightLayout.OUT_IN);
    assertThat(packed.bothWays()).isFalse();
    PackedMatrix part = ops().packBothWays(weight, WeightLayout.OUT_IN).inputs(1, 3);
    assertThat(part.bothWays()).isFalse();
  }

  private void checkMatmul(
      PackedMatrix packed, Tensor weight, WeightLayout layout, int firstOut, int firstIn, int t) {
    Samples samples = new Samples(42);
    Tensor x = samples.gaussian(t, packed.inputs());
    checkMatmul(packed, weight, layout, firstOut, firstIn, x, null);
    Tensor bias = samples.gaussian(packed.outputs());
    checkMatmul(packed, weight, layout, firstOut, firstIn, x, bias);
  }

  private void checkMatmul(
      PackedMatrix packed,
      Tensor weight,
      WeightLayout layout,
      int firstOut,
      int firstIn,
      Tensor x,
      @Nullable Tensor bias) {
    Tensor out = out(x.dim(0), packed.outputs());
    ops().matmul(there(x), packed, bias == null ? null : there(bias), out);
    Tensor result = out.toHeap();
    Tensor w = weight.toHeap();
    for (int row = 0; row < x.dim(0); row++) {
      for (int o = 0; o < packed.outputs(); o++) {
        double sum = bias == null ? 0 : bias.get(o);
        double magnitude = Math.abs(sum);
        for (int i = 0; i < packed.inputs(); i++) {
          int out0 = firstOut + o;
          int in0 = firstIn + i;
          double term =
              (double) x.get(row, i)
                  * (layout == WeightLayout.OUT_IN ? w.get(out0, in0) : w.get(in0, out0));
          sum += term;
          magnitude += Math.abs(term);
        }
        assertThat((double) result.get(row, o)).isCloseTo(sum, within(SUM_ROUNDING * magnitude));
      }
    }
  }
}
