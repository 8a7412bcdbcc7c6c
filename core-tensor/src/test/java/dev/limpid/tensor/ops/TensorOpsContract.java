package dev.limpid.tensor.ops;

import static dev.limpid.testdata.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Samples.Storage;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every implementation of {@link TensorOps} promises, checked against formulas in double.
 *
 * <p>Sizes are odd on purpose: no width is a multiple of a vector, no height one of a tile.
 */
public abstract class TensorOpsContract {
  /**
   * Error of a sum of float products, relative to the sum of their magnitudes: float rounding is
   * 6e-8 and the longest sums here, 207 terms in up to 16 chains, lose a few bits of it.
   */
  protected static final double SUM_ROUNDING = 1e-6;

  /** Error of an elementwise formula in float, relative to the larger of 1 and its result. */
  protected static final double ELEMENT_ROUNDING = 3e-7;

  /** Error of a probability: a few roundings of the score, which exp passes on. */
  protected static final double PROBABILITY_ROUNDING = 2e-6;

  /** Returns the implementation under test. */
  protected abstract TensorOps ops();

  private final Samples samples = new Samples(42);

  // --- pack and matmul

  @ParameterizedTest
  @EnumSource(Storage.class)
  void multipliesByWeightsOfEveryStorageInBothLayouts(Storage storage) {
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
  void multipliesAnyNumberOfRows() {
    Tensor weight = samples.weight(Storage.F16, 45, 37);
    PackedMatrix packed = ops().pack(weight, WeightLayout.OUT_IN);
    for (int t = 1; t <= 40; t++) {
      checkMatmul(packed, weight, WeightLayout.OUT_IN, 0, 0, t);
    }
    checkMatmul(packed, weight, WeightLayout.OUT_IN, 0, 0, 523);
  }

  @Test
  void sumsOverManyInputs() {
    Tensor weight = samples.weight(Storage.BF16, 3, 1111);
    checkMatmul(ops().pack(weight, WeightLayout.OUT_IN), weight, WeightLayout.OUT_IN, 0, 0, 13);
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  void packsRangesOfOutputsAndSlicesOfInputs(Storage storage) {
    for (WeightLayout layout : WeightLayout.values()) {
      Tensor weight = samples.weight(storage, 77, 77);
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
  void keepsHalfPrecisionExactly() {
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
      Tensor out = Tensor.zeros(t, 63488);
      ops().matmul(ones, packed, null, out);
      assertThat(out.row(t - 1).toFloats())
          .usingComparator(TensorOpsContract::compareValues)
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

  private void checkMatmul(
      PackedMatrix packed, Tensor weight, WeightLayout layout, int firstOut, int firstIn, int t) {
    Tensor x = samples.gaussian(t, packed.inputs());
    for (Tensor bias : new Tensor[] {null, samples.gaussian(packed.outputs())}) {
      Tensor out = samples.gaussian(t, packed.outputs());
      ops().matmul(x, packed, bias, out);
      Tensor w = weight.toHeap();
      for (int row = 0; row < t; row++) {
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
          assertThat((double) out.get(row, o)).isCloseTo(sum, within(SUM_ROUNDING * magnitude));
        }
      }
    }
  }

  // --- rows

  @ParameterizedTest
  @EnumSource(Storage.class)
  void embeds(Storage storage) {
    Tensor table = samples.weight(storage, 13, 37);
    Tensor out = samples.gaussian(4, 37);
    ops().embed(table, new int[] {12, 0, 7, 7}, out);
    assertThat(out.row(0).toFloats()).isEqualTo(table.row(12).toFloats());
    assertThat(out.row(3).toFloats()).isEqualTo(table.row(7).toFloats());
    assertThatThrownBy(() -> ops().embed(table, new int[] {13}, Tensor.zeros(1, 37)))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("embed")
        .hasMessageContaining("13");
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "3,13", "5,37", "2,207", "40,64"})
  void normalises(int t, int width) {
    Tensor x = samples.gaussian(t, width);
    for (int i = 0; i < t * width; i++) {
      x.array()[x.offset() + i] += 50; // the mean is far from zero, as in trained models
    }
    Tensor gain = samples.gaussian(width);
    Tensor bias = samples.gaussian(width);
    for (boolean affine : new boolean[] {false, true}) {
      Tensor out = Samples.zeros(t, width);
      ops().layerNorm(x, affine ? gain : null, affine ? bias : null, 1e-5f, out);
      Tensor inPlace = copy(x);
      ops().layerNorm(inPlace, affine ? gain : null, affine ? bias : null, 1e-5f, inPlace);
      assertThat(inPlace.toFloats()).isEqualTo(out.toFloats());
      for (int row = 0; row < t; row++) {
        double[] expected = layerNorm(x.row(row));
        for (int i = 0; affine && i < width; i++) {
          expected[i] = expected[i] * gain.get(i) + bias.get(i);
        }
        // The input itself is rounded at 50, which the division by the deviation magnifies.
        assertEach(out.row(row), expected, 1e-5);
      }
    }
    Tensor out = Samples.zeros(t, width);
    ops().rmsNorm(x, gain, 1e-6f, out);
    for (int row = 0; row < t; row++) {
      assertEach(out.row(row), rmsNorm(x.row(row), gain), ELEMENT_ROUNDING);
    }
    Tensor inPlace = copy(x);
    ops().rmsNorm(inPlace, gain, 1e-6f, inPlace);
    assertThat(inPlace.toFloats()).isEqualTo(out.toFloats());
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
  void rotates(int t, int nHeads, int dHead, int half) {
    Tensor x = samples.gaussian(t, nHeads * dHead);
    Tensor cos = Samples.zeros(t, half);
    Tensor sin = Samples.zeros(t, half);
    for (int i = 0; i < t * half; i++) {
      cos.array()[cos.offset() + i] = (float) Math.cos(i);
      sin.array()[sin.offset() + i] = (float) Math.sin(i);
    }
    Tensor out = copy(x);
    ops().rotate(out, dHead, cos, sin);
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

  // --- attention

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1,1",
    "7,7,3,1,5,7",
    "13,13,4,2,16,20",
    "13,13,2,1,6,1",
    "13,13,2,1,6,12",
    "37,37,3,3,37,37",
    "37,37,3,3,37,5",
    "1,37,9,3,64,37",
    "1,37,9,3,64,17",
    "5,20,2,1,7,20",
    "5,20,2,1,7,3",
    "40,40,2,2,8,2147483647",
    "100,207,2,1,33,207",
    "100,207,2,1,33,70"
  })
  void attends(int tq, int tk, int nHeads, int nKvHeads, int dHead, int window) {
    Tensor queries = samples.gaussian(tq, nHeads * dHead);
    Tensor keys = samples.gaussian(tk, nKvHeads * dHead);
    Tensor values = samples.gaussian(nKvHeads, tk, dHead);
    Tensor pattern = samples.gaussian(nHeads, tq, tk);
    ops().causalPattern(queries, keys, nHeads, nKvHeads, 0.7f, window, pattern);
    Tensor out = samples.gaussian(tq, nHeads * dHead);
    ops().attend(pattern, values, out);
    int group = nHeads / nKvHeads;
    for (int h = 0; h < nHeads; h++) {
      for (int q = 0; q < tq; q++) {
        int last = q + tk - tq;
        int first = Math.max(0, last - window + 1);
        Tensor seen = keys.rows(first, last + 1);
        double[] p = probabilities(queries.row(q), seen, h * dHead, h / group * dHead, dHead);
        for (int k = 0; k < tk; k++) {
          if (k < first || k > last) {
            assertThat(pattern.get(h, q, k)).isZero();
          } else {
            assertThat((double) pattern.get(h, q, k))
                .isCloseTo(p[k - first], within(PROBABILITY_ROUNDING * dHead));
          }
        }
        for (int i = 0; i < dHead; i++) {
          double sum = 0;
          double magnitude = 0;
          for (int k = 0; k <= last; k++) {
            double term = (double) pattern.get(h, q, k) * values.get(h / group, k, i);
            sum += term;
            magnitude += Math.abs(term);
          }
          assertThat((double) out.get(q, h * dHead + i))
              .isCloseTo(sum, within(SUM_ROUNDING * magnitude));
        }
      }
    }
  }

  private static double[] probabilities(
      Tensor query, Tensor keys, int fromQ, int fromK, int dHead) {
    double[] p = new double[keys.dim(0)];
    for (int k = 0; k < p.length; k++) {
      for (int i = 0; i < dHead; i++) {
        p[k] += 0.7f * (double) query.get(fromQ + i) * keys.get(k, fromK + i);
      }
    }
    double max = Arrays.stream(p).max().orElseThrow();
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      p[k] = Math.exp(p[k] - max);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1,1,1",
    "1,1,5,3,1,5,9",
    "1,37,64,9,3,64,37",
    "1,206,207,4,2,37,1000",
    "1,207,300,2,1,150,207",
    "1,40,40,3,3,16,13",
    "3,37,40,2,1,21,5",
    "4,4,4,1,1,64,4",
    "7,7,9,3,1,5,7",
    "40,207,208,2,2,20,70",
    "100,100,100,2,1,33,207",
    "13,37,37,4,2,48,37",
    "13,37,64,4,2,33,6",
    "29,90,128,2,1,7,1"
  })
  void attendsOverACache(
      int tq, int nKeys, int capacity, int nHeads, int nKvHeads, int dHead, int window) {
    Tensor queries = samples.gaussian(tq, nHeads * dHead);
    Tensor keys = samples.gaussian(nKvHeads, capacity, dHead);
    Tensor values = samples.gaussian(nKvHeads, capacity, dHead);
    // What lies behind the last key is not read.
    for (int kv = 0; kv < nKvHeads; kv++) {
      for (int k = nKeys; k < capacity; k++) {
        Tensor row = keys.row(kv).row(k);
        Arrays.fill(row.array(), row.offset(), row.offset() + dHead, Float.NaN);
        row = values.row(kv).row(k);
        Arrays.fill(row.array(), row.offset(), row.offset() + dHead, Float.NaN);
      }
    }
    Tensor out = samples.gaussian(tq, nHeads * dHead);
    ops().attendCached(queries, keys, values, nKeys, nHeads, 0.3f, window, out);
    for (int h = 0; h < nHeads; h++) {
      Tensor keysOfHead = keys.row(h / (nHeads / nKvHeads));
      Tensor valuesOfHead = values.row(h / (nHeads / nKvHeads));
      for (int q = 0; q < tq; q++) {
        int last = q + nKeys - tq;
        int first = Math.max(0, last - window + 1);
        double[] p = new double[nKeys];
        double sum = 0;
        for (int k = first; k <= last; k++) {
          for (int i = 0; i < dHead; i++) {
            p[k] += 0.3f * (double) queries.get(q, h * dHead + i) * keysOfHead.get(k, i);
          }
          p[k] = Math.exp(p[k]);
          sum += p[k];
        }
        for (int i = 0; i < dHead; i++) {
          double mixed = 0;
          double magnitude = 0;
          for (int k = first; k <= last; k++) {
            mixed += p[k] / sum * valuesOfHead.get(k, i);
            magnitude += p[k] / sum * Math.abs(valuesOfHead.get(k, i));
          }
          assertThat((double) out.get(q, h * dHead + i))
              .isCloseTo(mixed, within((SUM_ROUNDING + PROBABILITY_ROUNDING * dHead) * magnitude));
        }
      }
    }
  }

  @Test
  void patternsStandHugeScores() {
    Tensor queries = samples.gaussian(7, 3);
    for (int i = 0; i < 21; i++) {
      queries.array()[queries.offset() + i] *= 1e15f;
    }
    Tensor pattern = samples.gaussian(1, 7, 7);
    ops().causalPattern(queries, samples.gaussian(7, 3), 1, 1, 1e3f, 7, pattern);
    for (int q = 0; q < 7; q++) {
      float sum = 0;
      for (int k = 0; k < 7; k++) {
        sum += pattern.get(0, q, k);
      }
      assertThat(sum).isEqualTo(1);
    }
  }

  // --- elements

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activates(Activation f) {
    int n = 4001;
    Tensor x = Samples.zeros(n);
    for (int i = 0; i < n; i++) {
      x.array()[x.offset() + i] = (i - n / 2) * 0.01f; // -20 to 20
    }
    Tensor out = Samples.zeros(n);
    ops().activate(f, x, out);
    double[] expected = new double[n];
    for (int i = 0; i < n; i++) {
      expected[i] = activation(f, x.get(i));
    }
    assertEach(out, expected, ELEMENT_ROUNDING);
    ops().activate(f, x, x);
    assertThat(x.toFloats()).isEqualTo(out.toFloats());
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void activatesExtremes(Activation f) {
    Tensor x = Tensor.of(new float[] {-1e30f, -100, -0f, 0, 100, 1e30f, -88.5f, 88.5f}, 8);
    Tensor out = Tensor.zeros(8);
    ops().activate(f, x, out);
    for (int i = 0; i < 8; i++) {
      assertThat((double) out.get(i))
          .isCloseTo(Math.max(0, x.get(i)), within(1e-30 + 1e-6 * Math.abs(Math.max(0, x.get(i)))));
    }
  }

  private static double activation(Activation f, double x) {
    return switch (f) {
      case RELU -> Math.max(0, x);
      case GELU_ERF -> x * normal(x);
      case GELU_TANH ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * Math.pow(x, 3))));
      case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
      case SILU -> x / (1 + Math.exp(-x));
    };
  }

  /** Phi(x) by its Taylor series (small x) or its continued fraction (large x). */
  private static double normal(double x) {
    if (x < 0) {
      return 1 - normal(-x) > 0.999 ? tail(-x) : 1 - normal(-x);
    }
    return x > 3 ? 1 - tail(x) : 0.5 + series(x);
  }

  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static double tail(double x) {
    double fraction = x;
    for (int n = 200; n > 0; n--) {
      fraction = x + n / fraction;
    }
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) / fraction;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 13, 37, 207, 5000})
  void addsAndMultiplies(int n) {
    Tensor a = samples.gaussian(n);
    Tensor b = samples.gaussian(n);
    Tensor sum = Samples.zeros(n);
    Tensor product = Samples.zeros(n);
    ops().add(a, b, sum);
    ops().multiply(a, b, product);
    for (int i = 0; i < n; i++) {
      assertThat(sum.get(i)).isEqualTo(a.get(i) + b.get(i));
      assertThat(product.get(i)).isEqualTo(a.get(i) * b.get(i));
    }
    ops().add(a, b, a);
    assertThat(a.toFloats()).isEqualTo(sum.toFloats());
  }

  // --- contributions

  @ParameterizedTest
  @CsvSource({"1,1", "3,7", "5,37", "2,207", "3,768"})
  void measuresProximity(int t, int width) {
    Tensor whole = samples.gaussian(t, width);
    whole.array()[whole.offset()] = 1e6f; // a huge component must not swallow the small ones
    Tensor part = samples.gaussian(t, width);
    Tensor out = Samples.zeros(t);
    ops().proximity(part, whole, out);
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
  void measuresAttentionProximity(
      int t, int width, int nHeads, int nKvHeads, int dHead, int window) {
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
    checkAttentionProximity(
        pattern,
        samples.gaussian(nKvHeads, t, dHead),
        samples.gaussian(width, nHeads * dHead),
        whole);
  }

  /** Compares with the formula in double, relative to the largest any part can have, |y|_1. */
  protected final void checkAttentionProximity(
      Tensor pattern, Tensor values, Tensor weight, Tensor whole) {
    int nHeads = pattern.dim(0);
    int t = pattern.dim(1);
    int dHead = values.dim(2);
    int group = nHeads / values.dim(0);
    Tensor out = samples.gaussian(nHeads, t * (t + 1) / 2);
    ops()
        .attentionProximity(
            pattern,
            values,
            ops().pack(weight, WeightLayout.OUT_IN),
            ops().pack(weight, WeightLayout.IN_OUT),
            whole,
            out);
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

  // --- selection

  @Test
  void selectsTheLargest() {
    Tensor x = samples.gaussian(1207);
    x.array()[x.offset() + 7] = 9;
    x.array()[x.offset() + 1200] = 9;
    x.array()[x.offset() + 3] = 10;
    int[] top = ops().topK(x, 207);
    assertThat(Arrays.copyOf(top, 3)).containsExactly(3, 7, 1200);
    assertThat(top).hasSize(207).doesNotHaveDuplicates();
    for (int i = 1; i < top.length; i++) {
      assertThat(x.get(top[i])).isLessThanOrEqualTo(x.get(top[i - 1]));
    }
    float least = x.get(top[206]);
    assertThat(x.toFloats()).satisfies(all -> assertThat(countAbove(all, least)).isEqualTo(206));
    assertThat(ops().topK(x, 0)).isEmpty();
    assertThat(ops().topK(Tensor.of(new float[] {2, 2, 2}, 3), 5)).containsExactly(0, 1, 2);
  }

  private static int countAbove(float[] values, float least) {
    int count = 0;
    for (float value : values) {
      count += value > least ? 1 : 0;
    }
    return count;
  }

  // --- errors and names

  @Test
  void nameThemselves() {
    assertThat(ops().name()).matches("[a-z]+");
    assertThat(ops().description()).isNotBlank();
    Tensor weight = samples.weight(Storage.HEAP, 3, 2);
    assertThat(ops().pack(weight, WeightLayout.OUT_IN).dtype()).isEqualTo(DType.F32);
  }

  @Test
  void errorsNameTheOperation() {
    PackedMatrix weight = ops().pack(Tensor.zeros(3, 2), WeightLayout.OUT_IN);
    Tensor x = Tensor.zeros(4, 5);
    misfit("matmul", () -> ops().matmul(x, weight, null, Tensor.zeros(4, 3)));
    misfit("matmul", () -> ops().matmul(Tensor.zeros(4, 2), weight, null, x));
    misfit(
        "matmul",
        () -> ops().matmul(Tensor.zeros(4, 2), weight, Tensor.zeros(4), Tensor.zeros(4, 3)));
    misfit("embed", () -> ops().embed(x, new int[] {1}, Tensor.zeros(1, 4)));
    misfit("layerNorm", () -> ops().layerNorm(x, Tensor.zeros(4), null, 1, x));
    misfit("rmsNorm", () -> ops().rmsNorm(x, Tensor.zeros(4), 1, x));
    misfit("rotate", () -> ops().rotate(x, 3, Tensor.zeros(4, 1), Tensor.zeros(4, 1)));
    misfit("causalPattern", () -> ops().causalPattern(x, x, 2, 1, 1, 4, Tensor.zeros(2, 4, 4)));
    assertThatThrownBy(() -> ops().causalPattern(x, x, 1, 1, 1, 0, Tensor.zeros(1, 4, 4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a window of 0 keys");
    misfit("attend", () -> ops().attend(Tensor.zeros(2, 4, 4), Tensor.zeros(1, 3, 5), x));
    Tensor cache = Tensor.zeros(1, 6, 5);
    misfit("attendCached", () -> ops().attendCached(x, cache, cache, 3, 1, 1, 9, x));
    misfit("attendCached", () -> ops().attendCached(x, cache, cache, 7, 1, 1, 9, x));
    misfit("attendCached", () -> ops().attendCached(x, cache, cache, 6, 2, 1, 9, x));
    assertThatThrownBy(() -> ops().attendCached(x, cache, cache, 6, 1, 1, 0, x))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a window of 0 keys");
    misfit("activate", () -> ops().activate(Activation.RELU, x, Tensor.zeros(5, 4)));
    misfit("multiply", () -> ops().multiply(x, x, Tensor.zeros(5, 4)));
    misfit("add", () -> ops().add(x, Tensor.zeros(20), x));
    misfit("proximity", () -> ops().proximity(x, x, Tensor.zeros(5)));
    misfit(
        "attentionProximity",
        () ->
            ops()
                .attentionProximity(
                    Tensor.zeros(1, 4, 4), Tensor.zeros(1, 4, 2), weight, weight, x, x));
    misfit("outputs", () -> ops().pack(x, WeightLayout.OUT_IN, 2, 5));
  }

  private static void misfit(String operation, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessageContaining(operation);
  }

  private static Tensor copy(Tensor x) {
    Tensor copy = Samples.zeros(x.shape().dims().stream().mapToInt(Integer::intValue).toArray());
    x.copyTo(0, copy.array(), copy.offset(), Math.toIntExact(x.size()));
    return copy;
  }

  private static void assertEach(Tensor actual, double[] expected, double tolerance) {
    assertThat(actual.size()).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      double within = tolerance * Math.max(1, Math.abs(expected[i]));
      assertClose("element " + i, actual.get(i), expected[i], within);
    }
  }
}
