package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.BlockFormat;
import dev.limpid.tensor.ops.Samples.Storage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights that are quantised in blocks: the same products as with what they are decoded to. */
public interface BlocksContract extends ContractSubject {

  /** Rows of several blocks, more than a matrix product takes together. */
  private static int inputs(BlockFormat format) {
    return format.elements() == 32 ? 352 : 768;
  }

  @ParameterizedTest
  @EnumSource(BlockFormat.class)
  default void multipliesByBlocks(BlockFormat format) {
    for (int outputs : new int[] {7, 45}) {
      Tensor weight = new Samples(42).blocks(format, outputs, inputs(format));
      PackedMatrix packed = ops().pack(weight, WeightLayout.OUT_IN);
      assertThat(packed.inputs()).isEqualTo(inputs(format));
      assertThat(packed.outputs()).isEqualTo(outputs);
      for (int t : new int[] {1, 13}) {
        check(packed, weight, 0, 0, t);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(BlockFormat.class)
  default void packsRangesOfOutputsAndSlicesOfInputsOfBlocks(BlockFormat format) {
    Tensor weight = new Samples(42).blocks(format, 77, inputs(format));
    PackedMatrix packed = ops().pack(weight, WeightLayout.OUT_IN, 13, 58);
    check(packed, weight, 13, 0, 7);
    check(packed.inputs(9, 46), weight, 13, 9, 7);
    check(packed.inputs(9, 46).inputs(1, 14), weight, 13, 10, 1);
    check(packed.inputs(31, 300), weight, 13, 31, 1);
    check(packed.inputs(64, inputs(format)), weight, 13, 64, 5);
    check(ops().pack(weight, WeightLayout.OUT_IN, 20, 20), weight, 20, 0, 3);
    check(packed.inputs(5, 5), weight, 13, 5, 3);
    // Read the other way round, and rows picked.
    Tensor picked = weight.gather(new int[] {70, 3, 3});
    check(ops().pack(picked, WeightLayout.OUT_IN), picked, 0, 0, 2);
    Tensor x = new Samples(7).gaussian(2, 77);
    Tensor out = out(2, inputs(format));
    ops().matmul(there(x), ops().pack(weight, WeightLayout.IN_OUT), null, out);
    checkTransposed(x, weight, out);
  }

  @ParameterizedTest
  @EnumSource(BlockFormat.class)
  default void multipliesAgainstTheDirectionOfBlocks(BlockFormat format) {
    Tensor weight = new Samples(42).blocks(format, 77, inputs(format));
    for (PackedMatrix packed :
        new PackedMatrix[] {
          ops().pack(weight, WeightLayout.OUT_IN), ops().packBothWays(weight, WeightLayout.OUT_IN)
        }) {
      for (int t : new int[] {1, 5}) {
        Tensor x = new Samples(7).gaussian(t, 77);
        Tensor out = out(t, inputs(format));
        ops().matmulTransposed(there(x), packed, out);
        checkTransposed(x, weight, out);
      }
    }
  }

  /** Against the proximities of the same numbers, not quantised. */
  @ParameterizedTest
  @EnumSource(BlockFormat.class)
  default void measuresAttentionProximityThroughBlocks(BlockFormat format) {
    int heads = 4;
    int dHead = format.elements() == 32 ? 40 : 64;
    Samples samples = new Samples(42);
    Tensor weight = samples.blocks(format, 77, heads * dHead);
    for (int t : new int[] {7, 40}) {
      Tensor pattern = there(samples.pattern(heads, t, t));
      Tensor values = there(samples.gaussian(2, t, dHead));
      Tensor whole = there(samples.gaussian(t, 77));
      Tensor expected = out(heads, t * (t + 1) / 2);
      Tensor actual = out(heads, t * (t + 1) / 2);
      PackedMatrix plain = ops().packBothWays(weight.toHeap(), WeightLayout.OUT_IN);
      PackedMatrix packed = ops().packBothWays(weight, WeightLayout.OUT_IN);
      assertThat(packed.bothWays()).isTrue();
      ops().attentionProximity(pattern, values, plain, whole, expected);
      ops().attentionProximity(pattern, values, packed, whole, actual);
      float[] wanted = expected.toFloats();
      float[] got = actual.toFloats();
      assertThat(got).containsExactly(wanted, within(1e-6f * 77));
    }
  }

  @ParameterizedTest
  @EnumSource(BlockFormat.class)
  default void embedsRowsOfBlocks(BlockFormat format) {
    Tensor table = new Samples(42).blocks(format, 9, inputs(format));
    Tensor out = out(3, inputs(format));
    ops().embed(table, new int[] {8, 0, 3}, out);
    float[] all = table.toFloats();
    float[] got = out.toFloats();
    for (int i = 0; i < inputs(format); i++) {
      assertThat(got[i]).isEqualTo(all[8 * inputs(format) + i]);
      assertThat(got[2 * inputs(format) + i]).isEqualTo(all[3 * inputs(format) + i]);
    }
  }

  /** What is packed takes less than in half precision, where an implementation keeps that. */
  @ParameterizedTest
  @EnumSource(BlockFormat.class)
  default void blocksTakeNoMoreThanHalves(BlockFormat format) {
    Samples samples = new Samples(42);
    Tensor weight = samples.blocks(format, 64, 256);
    Tensor halves = samples.weight(Storage.F16, 64, 256);
    assertThat(ops().packBothWays(weight, WeightLayout.OUT_IN).bytes())
        .isLessThanOrEqualTo(ops().packBothWays(halves, WeightLayout.OUT_IN).bytes());
  }

  private void check(PackedMatrix packed, Tensor weight, int firstOut, int firstIn, int t) {
    Samples samples = new Samples(42);
    Tensor x = samples.gaussian(t, packed.inputs());
    Tensor bias = samples.gaussian(packed.outputs());
    Tensor out = out(t, packed.outputs());
    ops().matmul(there(x), packed, there(bias), out);
    float[] result = out.toFloats();
    float[] w = weight.toFloats();
    float[] rows = x.toFloats();
    int inputs = packed.inputs();
    for (int i = 0; i < result.length; i++) {
      int o = i % packed.outputs();
      int at = (firstOut + o) * weight.dim(1) + firstIn;
      assertSum(result[i], bias.get(o), inputs, rows, i / packed.outputs() * inputs, w, at, 1);
    }
  }

  private static void checkTransposed(Tensor x, Tensor weight, Tensor out) {
    float[] result = out.toFloats();
    float[] w = weight.toFloats();
    float[] rows = x.toFloats();
    int n = weight.dim(0);
    int inputs = weight.dim(1);
    for (int i = 0; i < result.length; i++) {
      assertSum(result[i], 0, n, rows, i / inputs * n, w, i % inputs, inputs);
    }
  }

  /** Checks start + the sum of x[xAt + i] w[wAt + i wStep], relative to the magnitudes. */
  private static void assertSum(
      float actual, double start, int n, float[] x, int xAt, float[] w, int wAt, int wStep) {
    double sum = start;
    double magnitude = Math.abs(start);
    for (int i = 0; i < n; i++) {
      double term = (double) x[xAt + i] * w[wAt + i * wStep];
      sum += term;
      magnitude += Math.abs(term);
    }
    if (Math.abs(actual - sum) > SUM_ROUNDING * magnitude) {
      assertThat((double) actual).isCloseTo(sum, within(SUM_ROUNDING * magnitude));
    }
  }
}
