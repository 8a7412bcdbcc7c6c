package dev.limpid.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.Samples;
import dev.limpid.tensor.ops.Samples.Storage;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How exact the products of tensor cores are: emulated as they are described, with numbers of 11
 * bits, and digits cut off in every sum.
 */
@Tag("opencl")
class OpenClSplitTest {
  private static final TensorOps OPS = OpenClSplitOpsTest.open(TensorCores.Choice.EMULATED);

  /** Of the largest number. */
  private static final double ERROR = 2e-6;

  @Test
  void theCheckIsPassed() {
    assertThat(OPS.description()).endsWith(", tensor cores emulated");
  }

  @ParameterizedTest
  @CsvSource({
    "F32, 5, 1, 1", // all edges
    "F32, 16, 8, 8", // what a warp computes at once
    "F32, 17, 9, 9",
    "F32, 33, 65, 31",
    "F32, 129, 70, 768", // more than a large tile
    "F32, 128, 64, 3072",
    "F32, 200, 131, 4099",
    "F16, 129, 70, 768",
    "F16, 37, 33, 2049",
    "BF16, 129, 70, 768",
    "BF16, 37, 33, 2049"
  })
  void productsAreExact(DType dtype, int rows, int outputs, int inputs) {
    for (WeightLayout layout : WeightLayout.values()) {
      Samples samples = new Samples(rows + outputs + inputs);
      Tensor x = samples.gaussian(rows, inputs);
      boolean outIn = layout == WeightLayout.OUT_IN;
      Tensor weight =
          samples.weight(
              Storage.valueOf(dtype.name()), outIn ? outputs : inputs, outIn ? inputs : outputs);
      assertThat(error(x, weight, layout)).as("%s", layout).isLessThan(ERROR);
    }
  }

  /** Numbers of one sign add up, and so does what is cut off of their sums. */
  @Test
  void sumsThatGrowAreExactToo() {
    Samples samples = new Samples(3);
    float[] x = samples.gaussian(40, 3072).toFloats();
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.abs(x[i]);
    }
    float[] ones = new float[20 * 3072];
    Arrays.fill(ones, 1 / 3f);
    assertThat(error(Tensor.of(x, 40, 3072), Tensor.of(ones, 20, 3072), WeightLayout.OUT_IN))
        .isLessThan(ERROR);
  }

  private static double error(Tensor x, Tensor weight, WeightLayout layout) {
    boolean outIn = layout == WeightLayout.OUT_IN;
    int inputs = x.dim(1);
    int outputs = weight.dim(outIn ? 0 : 1);
    float[] left = x.toFloats();
    float[] right = weight.toFloats();
    float[] actual = product(x, weight, layout, outputs);
    double largest = 0;
    double error = 0;
    for (int m = 0; m < x.dim(0); m++) {
      for (int n = 0; n < outputs; n++) {
        double sum = 0;
        for (int k = 0; k < inputs; k++) {
          double w = right[outIn ? n * inputs + k : k * outputs + n];
          sum += left[m * inputs + k] * w;
        }
        largest = Math.max(largest, Math.abs(sum));
        error = Math.max(error, Math.abs(actual[m * outputs + n] - sum));
      }
    }
    return error / largest;
  }

  private static float[] product(Tensor x, Tensor weight, WeightLayout layout, int outputs) {
    try (Scope _ = OPS.scope()) {
      PackedMatrix packed = OPS.pack(weight, layout);
      Tensor out = OPS.zeros(x.dim(0), outputs);
      OPS.matmul(OPS.resident(x), packed, null, out);
      return out.toFloats();
    }
  }

  /** What is no number must not become one where it is split. */
  @Test
  void whatIsNoNumberStaysNone() {
    float[] x = new float[6 * 9];
    x[3 * 9 + 4] = Float.NaN;
    x[5 * 9 + 8] = Float.POSITIVE_INFINITY;
    float[] ones = new float[7 * 9];
    Arrays.fill(ones, 1);
    float[] out = product(Tensor.of(x, 6, 9), Tensor.of(ones, 7, 9), WeightLayout.OUT_IN, 7);
    for (int i = 0; i < out.length; i++) {
      assertThat(Float.isFinite(out[i])).as("%d", i).isEqualTo(i / 7 != 3 && i / 7 != 5);
    }
  }
}
