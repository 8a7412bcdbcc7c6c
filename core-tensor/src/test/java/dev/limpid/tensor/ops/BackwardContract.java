package dev.limpid.tensor.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The gradients, against finite differences of what they are gradients of.
 *
 * <p>Each is that of the number &lt;c, f(x)&gt;, c some constants, where f is a formula in double.
 */
public interface BackwardContract extends ContractSubject {
  /** Of a difference quotient in double, and of the float sums it is compared with. */
  double SLOPE_ROUNDING = 2e-6;

  float EPSILON = 1e-3f;

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "3,13", "5,37", "2,207", "40,64"})
  default void normsAreSteepAsTheirDifferences(int t, int width) {
    Samples samples = new Samples(42);
    Tensor x = samples.gaussian(t, width);
    Tensor c = samples.gaussian(t, width);
    Tensor gain = samples.gaussian(width);
    Tensor out = out(t, width);
    for (boolean frozen : new boolean[] {false, true}) {
      ops().layerNormBackward(there(x), there(gain), EPSILON, frozen, there(c), out);
      isSlopeOfNorm(true, frozen, x, gain, c, out);
      ops().rmsNormBackward(there(x), there(gain), EPSILON, frozen, there(c), out);
      isSlopeOfNorm(false, frozen, x, gain, c, out);
      ops().layerNormBackward(there(x), null, EPSILON, frozen, there(c), out);
      isSlopeOfNorm(true, frozen, x, null, c, out);
      Tensor inPlace = there(c);
      ops().layerNormBackward(there(x), null, EPSILON, frozen, inPlace, inPlace);
      assertThat(inPlace.toFloats()).isEqualTo(out.toFloats());
    }
  }

  private static void isSlopeOfNorm(
      boolean centred, boolean frozen, Tensor x, @Nullable Tensor gain, Tensor c, Tensor actual) {
    for (int t = 0; t < x.dim(0); t++) {
      double[] row = doubles(x.row(t));
      double[] weights = doubles(c.row(t));
      for (int i = 0; gain != null && i < row.length; i++) {
        weights[i] *= gain.get(i);
      }
      double scale = scale(row, centred);
      isSlope(
          actual.row(t),
          row,
          v -> {
            double mean = centred ? mean(v) : 0;
            double sum = 0;
            for (int i = 0; i < v.length; i++) {
              sum += weights[i] * (v[i] - mean);
            }
            return sum / (frozen ? scale : scale(v, centred));
          });
    }
  }

  private static double mean(double[] x) {
    double mean = 0;
    for (double v : x) {
      mean += v / x.length;
    }
    return mean;
  }

  private static double scale(double[] x, boolean centred) {
    double mean = centred ? mean(x) : 0;
    double square = 0;
    for (double v : x) {
      square += (v - mean) * (v - mean) / x.length;
    }
    return Math.sqrt(square + EPSILON);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void slopesOfActivations(Activation f) {
    int n = 4001;
    Tensor x = Samples.zeros(n);
    for (int i = 0; i < n; i++) {
      x.array()[x.offset() + i] = (i - n / 2) * 0.01f; // -20 to 20
    }
    Tensor tangents = out(n);
    Tensor secants = out(n);
    ops().slope(f, Slope.TANGENT, there(x), tangents);
    ops().slope(f, Slope.SECANT, there(x), secants);
    float[] tangent = tangents.toFloats();
    float[] secant = secants.toFloats();
    double step = 1e-5;
    for (int i = 0; i < n; i++) {
      double v = x.get(i);
      double at = ElementsContract.activation(f, v);
      double slope =
          (ElementsContract.activation(f, v + step) - ElementsContract.activation(f, v - step))
              / (2 * step);
      boolean kink = (f == Activation.RELU || f == Activation.RELU_SQUARED) && v == 0;
      assertThat((double) tangent[i]).as("at %s", v).isCloseTo(kink ? 0 : slope, within(2e-6));
      double line = v == 0 ? tangent[i] : at / v;
      assertThat((double) secant[i]).as("at %s", v).isCloseTo(line, within(ELEMENT_ROUNDING));
    }
    Tensor inPlace = there(x);
    ops().slope(f, Slope.TANGENT, inPlace, inPlace);
    assertThat(inPlace.toFloats()).isEqualTo(tangent);
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  default void slopesFarOut(Activation f) {
    Tensor x = Tensor.of(new float[] {-1e38f, -1000, -101, -88.5f, 88.5f, 101, 1000, 1e38f}, 8);
    for (Slope slope : Slope.values()) {
      Tensor out = out(8);
      ops().slope(f, slope, there(x), out);
      for (int i = 0; i < 8; i++) {
        double one = f == Activation.RELU_SQUARED ? squared(slope) * x.get(i) : 1;
        assertThat((double) out.get(i)).isCloseTo(i < 4 ? 0 : one, within(1e-6 * Math.abs(one)));
      }
    }
  }

  /** Of x squared: how often x is its slope. */
  private static int squared(Slope slope) {
    return slope == Slope.TANGENT ? 2 : 1;
  }

  @Test
  default void scales() {
    Tensor x = new Samples(42).gaussian(5001);
    Tensor out = out(5001);
    ops().scale(there(x), -2.5f, out);
    float[] scaled = out.toFloats();
    for (int i = 0; i < scaled.length; i++) {
      assertThat(scaled[i]).isEqualTo(x.get(i) * -2.5f);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1,1,1",
    "7,7,3,1,5,7",
    "13,13,4,2,16,20",
    "13,13,2,1,6,1",
    "13,13,2,1,6,5",
    "37,37,3,3,37,37",
    "5,20,2,1,7,20",
    "5,20,2,1,7,3",
    "40,40,2,2,8,2147483647"
  })
  default void attentionIsSteepAsItsDifferences(
      int tq, int tk, int nHeads, int nKvHeads, int dHead, int window) {
    Samples samples = new Samples(42);
    AttentionShape shape = new AttentionShape(nHeads, nKvHeads, 0.3f, window);
    Tensor queries = samples.gaussian(tq, nHeads * dHead);
    Tensor keys = samples.gaussian(tk, nKvHeads * dHead);
    Tensor values = samples.gaussian(nKvHeads, tk, dHead);
    Tensor c = samples.gaussian(tq, nHeads * dHead);
    Tensor pattern = out(nHeads, tq, tk);
    ops().causalPattern(there(queries), there(keys), shape, pattern);

    Tensor ofPattern = out(nHeads, tq, tk);
    ops().patternBackward(there(c), there(values), ofPattern);
    Tensor ofValues = out(tk, nKvHeads * dHead);
    ops().attendTransposed(pattern, there(c), ofValues);
    Tensor ofScores = out(nHeads, tq, tk);
    ops().softmaxBackward(pattern, ofPattern, shape.scale(), ofScores);
    Tensor keysByHead = ops().zeros(nKvHeads, tk, dHead);
    ops().splitHeads(there(keys), keysByHead, 0);
    Tensor ofQueries = out(tq, nHeads * dHead);
    ops().attend(ofScores, keysByHead, ofQueries);
    Tensor ofKeys = out(tk, nKvHeads * dHead);
    ops().attendTransposed(ofScores, there(queries), ofKeys);

    double[] q = doubles(queries);
    double[] k = doubles(keys);
    double[] v = doubles(values);
    double[] weights = doubles(c);
    isSlope(ofQueries, q, x -> mixed(x, k, v, weights, tq, tk, shape, dHead));
    isSlope(ofKeys, k, x -> mixed(q, x, v, weights, tq, tk, shape, dHead));
    Tensor valuesByHead = ops().zeros(nKvHeads, tk, dHead);
    ops().splitHeads(ofValues, valuesByHead, 0);
    isSlope(valuesByHead, v, x -> mixed(q, k, x, weights, tq, tk, shape, dHead));
    Tensor slopes = ofPattern.toHeap();
    Tensor scoreSlopes = ofScores.toHeap();
    for (int h = 0; h < nHeads; h++) {
      for (int i = 0; i < tq; i++) {
        for (int j = i + tk - tq + 1; j < tk; j++) {
          assertThat(slopes.get(h, i, j)).isZero();
        }
        rowSumsToZero(scoreSlopes, h, i);
      }
    }
  }

  /** A row of scores that are all larger by the same gives the same pattern. */
  private static void rowSumsToZero(Tensor ofScores, int head, int query) {
    double sum = 0;
    double magnitude = 0;
    for (int k = 0; k < ofScores.dim(2); k++) {
      sum += ofScores.get(head, query, k);
      magnitude += Math.abs(ofScores.get(head, query, k));
    }
    assertThat(sum).isCloseTo(0, within(1e-6 * magnitude + 1e-5));
  }

  /** &lt;c, attention&gt; of queries [Tq, H d], keys [Tk, K d] and values [K, Tk, d]. */
  private static double mixed(
      double[] queries,
      double[] keys,
      double[] values,
      double[] c,
      int tq,
      int tk,
      AttentionShape shape,
      int dHead) {
    double total = 0;
    for (int h = 0; h < shape.nHeads(); h++) {
      for (int q = 0; q < tq; q++) {
        int last = q + tk - tq;
        int query = (q * shape.nHeads() + h) * dHead;
        double sum = 0;
        double along = 0;
        for (int k = shape.firstKey(last); k <= last; k++) {
          double score = 0;
          double product = 0;
          for (int i = 0; i < dHead; i++) {
            int key = (k * shape.nKvHeads() + shape.keyHead(h)) * dHead + i;
            score += shape.scale() * queries[query + i] * keys[key];
            product += c[query + i] * values[(shape.keyHead(h) * tk + k) * dHead + i];
          }
          sum += Math.exp(score);
          along += Math.exp(score) * product;
        }
        total += along / sum;
      }
    }
    return total;
  }

  /** Checks a gradient at a few dozen elements, by central differences of a function in double. */
  private static void isSlope(Tensor actual, double[] at, ToDoubleFunction<double[]> f) {
    double step = 1e-4;
    double[] x = at.clone();
    float[] gradient = actual.toFloats();
    double largest = 1;
    for (float g : gradient) {
      largest = Math.max(largest, Math.abs(g));
    }
    for (int i = 0; i < x.length; i += Math.max(1, x.length / 41)) {
      x[i] = at[i] + step;
      double up = f.applyAsDouble(x);
      x[i] = at[i] - step;
      double down = f.applyAsDouble(x);
      x[i] = at[i];
      assertThat((double) gradient[i])
          .as("element %d", i)
          .isCloseTo((up - down) / (2 * step), within(SLOPE_ROUNDING * largest));
    }
  }

  private static double[] doubles(Tensor x) {
    float[] floats = x.toFloats();
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }
}
