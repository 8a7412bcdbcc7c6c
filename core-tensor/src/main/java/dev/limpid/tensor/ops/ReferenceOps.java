package dev.limpid.tensor.ops;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.numbers.gamma.Erf;
import org.jspecify.annotations.Nullable;

/**
 * The operations in naive loops with double accumulators: the readable specification, and the
 * oracle that faster implementations are tested against.
 */
public final class ReferenceOps implements TensorOps {

  /** Creates the operations; they keep no state. */
  public ReferenceOps() {}

  /** The elements of inputs [from, from + inputs) of a matrix [out, stride], as floats. */
  private record Matrix(
      float[] values, int stride, int from, int inputs, int outputs, boolean bothWays)
      implements PackedMatrix {
    float get(int output, int input) {
      return values[output * stride + from + input];
    }

    @Override
    public DType dtype() {
      return DType.F32;
    }

    @Override
    public Matrix inputs(int first, int last) {
      if (first < 0 || last < first || last > inputs) {
        throw new ShapeException("inputs " + first + " to " + last + " of " + inputs);
      }
      return new Matrix(values, stride, from + first, last - first, outputs, false);
    }
  }

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "naive loops, double accumulators, one thread";
  }

  @Override
  public int threads() {
    return 1;
  }

  // --- memory

  @Override
  public Tensor zeros(int... dims) {
    return Tensor.zeros(dims);
  }

  @Override
  public Tensor resident(Tensor x) {
    return x.toHeap();
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    OpChecks.sameShape("copy", x, out);
    x.copyTo(0, out.array(), out.offset(), Math.toIntExact(x.size()));
  }

  @Override
  public Scope scope() {
    return Scope.ENDLESS;
  }

  @Override
  public boolean allFinite(Tensor x) {
    return x.allFinite();
  }

  // --- weights

  @Override
  public PackedMatrix pack(Tensor weight, WeightLayout layout, int from, int to) {
    return pack(weight, layout, from, to, false);
  }

  @Override
  public PackedMatrix packBothWays(Tensor weight, WeightLayout layout) {
    return pack(weight, layout, 0, weight.dim(layout == WeightLayout.OUT_IN ? 0 : 1), true);
  }

  private static Matrix pack(
      Tensor weight, WeightLayout layout, int from, int to, boolean bothWays) {
    OpChecks.pack(weight, layout, from, to);
    boolean outIn = layout == WeightLayout.OUT_IN;
    int inputs = weight.dim(outIn ? 1 : 0);
    float[] stored = weight.toFloats();
    float[] values = new float[Math.multiplyExact(to - from, inputs)];
    for (int o = from; o < to; o++) {
      for (int i = 0; i < inputs; i++) {
        values[(o - from) * inputs + i] = stored[outIn ? o * inputs + i : i * weight.dim(1) + o];
      }
    }
    return new Matrix(values, inputs, 0, inputs, to - from, bothWays);
  }

  @Override
  public void matmul(Tensor x, PackedMatrix weight, @Nullable Tensor bias, Tensor out) {
    OpChecks.matmul(x, weight, bias, out);
    Matrix w = (Matrix) weight;
    for (int t = 0; t < x.dim(0); t++) {
      for (int o = 0; o < w.outputs(); o++) {
        double sum = bias == null ? 0 : at(bias, o);
        for (int i = 0; i < w.inputs(); i++) {
          sum += (double) at(x, t * w.inputs() + i) * w.get(o, i);
        }
        set(out, t * w.outputs() + o, sum);
      }
    }
  }

  @Override
  public void matmulTransposed(Tensor x, PackedMatrix weight, Tensor out) {
    OpChecks.matmulTransposed(x, weight, out);
    Matrix w = (Matrix) weight;
    for (int t = 0; t < x.dim(0); t++) {
      for (int i = 0; i < w.inputs(); i++) {
        double sum = 0;
        for (int o = 0; o < w.outputs(); o++) {
          sum += (double) at(x, t * w.outputs() + o) * w.get(o, i);
        }
        set(out, t * w.inputs() + i, sum);
      }
    }
  }

  // --- rows

  @Override
  public void embed(Tensor table, int[] ids, Tensor out) {
    OpChecks.embed(table, ids, out);
    int width = table.dim(1);
    for (int t = 0; t < ids.length; t++) {
      table.copyTo((long) ids[t] * width, out.array(), out.offset() + t * width, width);
    }
  }

  @Override
  public void layerNorm(
      Tensor x, @Nullable Tensor gain, @Nullable Tensor bias, float epsilon, Tensor out) {
    OpChecks.norm("layerNorm", x, gain, bias, out);
    int width = x.dim(1);
    for (int t = 0; t < x.dim(0); t++) {
      int row = t * width;
      double mean = 0;
      for (int i = 0; i < width; i++) {
        mean += at(x, row + i);
      }
      mean /= width;
      double variance = 0;
      for (int i = 0; i < width; i++) {
        variance += square(at(x, row + i) - mean);
      }
      double scale = 1 / Math.sqrt(variance / width + epsilon);
      for (int i = 0; i < width; i++) {
        double normalised = (at(x, row + i) - mean) * scale;
        double scaled = gain == null ? normalised : normalised * at(gain, i);
        set(out, row + i, bias == null ? scaled : scaled + at(bias, i));
      }
    }
  }

  @Override
  public void rmsNorm(Tensor x, Tensor gain, float epsilon, Tensor out) {
    OpChecks.norm("rmsNorm", x, gain, null, out);
    int width = x.dim(1);
    for (int t = 0; t < x.dim(0); t++) {
      int row = t * width;
      double squares = 0;
      for (int i = 0; i < width; i++) {
        squares += square(at(x, row + i));
      }
      double scale = 1 / Math.sqrt(squares / width + epsilon);
      for (int i = 0; i < width; i++) {
        set(out, row + i, at(x, row + i) * scale * at(gain, i));
      }
    }
  }

  @Override
  public void rotate(Tensor x, int dHead, Tensor cos, Tensor sin) {
    OpChecks.rotate(x, dHead, cos, sin);
    int half = cos.dim(1);
    for (int t = 0; t < x.dim(0); t++) {
      for (int head = 0; head < x.dim(1); head += dHead) {
        for (int i = 0; i < half; i++) {
          int first = t * x.dim(1) + head + i;
          double c = at(cos, t * half + i);
          double s = at(sin, t * half + i);
          double a = at(x, first);
          double b = at(x, first + half);
          set(x, first, a * c - b * s);
          set(x, first + half, b * c + a * s);
        }
      }
    }
  }

  // --- attention

  @Override
  public void splitHeads(Tensor x, Tensor out, int first) {
    OpChecks.splitHeads(x, out, first);
    ReferenceAttention.splitHeads(x, out, first);
  }

  @Override
  public void causalPattern(Tensor queries, Tensor keys, AttentionShape shape, Tensor pattern) {
    OpChecks.causalPattern(queries, keys, shape, pattern);
    ReferenceAttention.causalPattern(queries, keys, shape, pattern);
  }

  @Override
  public void attend(Tensor pattern, Tensor values, Tensor out) {
    OpChecks.attend(pattern, values, out);
    ReferenceAttention.attend(pattern, values, out);
  }

  @Override
  public void attendCached(
      Tensor queries, Tensor keys, Tensor values, int nKeys, AttentionShape shape, Tensor out) {
    OpChecks.attendCached(queries, keys, values, nKeys, shape, out);
    ReferenceAttention.attendCached(queries, keys, values, nKeys, shape, out);
  }

  // --- elements

  @Override
  public void activate(Activation f, Tensor x, Tensor out) {
    OpChecks.sameShape("activate", x, out);
    for (int i = 0; i < x.size(); i++) {
      set(out, i, apply(f, at(x, i)));
    }
  }

  private static double apply(Activation f, double x) {
    return switch (f) {
      case RELU -> Math.max(0, x);
      case RELU_SQUARED -> Math.max(0, x) * Math.max(0, x);
      case GELU_ERF -> x / 2 * (1 + Erf.value(x / Math.sqrt(2)));
      case GELU_TANH ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case QUICK_GELU -> x / (1 + Math.exp(-1.702 * x));
      case SILU -> x / (1 + Math.exp(-x));
    };
  }

  @Override
  public void multiply(Tensor a, Tensor b, Tensor out) {
    OpChecks.sameShape("multiply", a, b);
    OpChecks.sameShape("multiply", a, out);
    for (int i = 0; i < a.size(); i++) {
      set(out, i, at(a, i) * at(b, i));
    }
  }

  @Override
  public void add(Tensor a, Tensor b, Tensor out) {
    OpChecks.sameShape("add", a, b);
    OpChecks.sameShape("add", a, out);
    for (int i = 0; i < a.size(); i++) {
      set(out, i, at(a, i) + at(b, i));
    }
  }

  @Override
  public void subtract(Tensor a, Tensor b, Tensor out) {
    OpChecks.sameShape("subtract", a, b);
    OpChecks.sameShape("subtract", a, out);
    for (int i = 0; i < a.size(); i++) {
      set(out, i, at(a, i) - at(b, i));
    }
  }

  @Override
  public void scale(Tensor a, float factor, Tensor out) {
    OpChecks.sameShape("scale", a, out);
    for (int i = 0; i < a.size(); i++) {
      set(out, i, (double) at(a, i) * factor);
    }
  }

  // --- gradients

  @Override
  public void layerNormBackward(
      Tensor x, @Nullable Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out) {
    OpChecks.normBackward("layerNormBackward", x, gain, gradient, out);
    ReferenceBackward.norm(true, x, gain, epsilon, frozen, gradient, out);
  }

  @Override
  public void rmsNormBackward(
      Tensor x, Tensor gain, float epsilon, boolean frozen, Tensor gradient, Tensor out) {
    OpChecks.normBackward("rmsNormBackward", x, gain, gradient, out);
    ReferenceBackward.norm(false, x, gain, epsilon, frozen, gradient, out);
  }

  @Override
  public void slope(Activation f, Slope slope, Tensor x, Tensor out) {
    OpChecks.sameShape("slope", x, out);
    for (int i = 0; i < x.size(); i++) {
      set(out, i, ReferenceBackward.slope(f, slope, at(x, i)));
    }
  }

  @Override
  public void patternBackward(Tensor gradient, Tensor values, Tensor out) {
    OpChecks.patternBackward(gradient, values, out);
    ReferenceBackward.pattern(gradient, values, out);
  }

  @Override
  public void attendTransposed(Tensor pattern, Tensor rows, Tensor out) {
    OpChecks.attendTransposed(pattern, rows, out);
    ReferenceBackward.attendTransposed(pattern, rows, out);
  }

  @Override
  public void softmaxBackward(Tensor pattern, Tensor gradient, float scale, Tensor out) {
    OpChecks.softmaxBackward(pattern, gradient, out);
    ReferenceBackward.softmax(pattern, gradient, scale, out);
  }

  // --- contributions

  @Override
  public void proximity(Tensor part, Tensor whole, Tensor out) {
    OpChecks.proximity(part, whole, out);
    ReferenceContributions.proximity(part, whole, out);
  }

  @Override
  public void attentionProximity(
      Tensor pattern, Tensor values, PackedMatrix projection, Tensor whole, Tensor out) {
    OpChecks.attentionProximity(pattern, values, projection, whole, out);
    ReferenceContributions.attentionProximity(this, pattern, values, projection, whole, out);
  }

  @Override
  public void normaliseParts(
      @Nullable Tensor terms, List<Tensor> others, Tensor whole, float floor, Tensor cancelling) {
    OpChecks.normaliseParts(terms, others, whole, floor, cancelling);
    Tensor given = terms == null ? Tensor.zeros(0, 0) : terms;
    ReferenceContributions.normaliseParts(given, others, whole, floor, cancelling);
  }

  // --- selection

  @Override
  public int[] topK(Tensor x, int k) {
    float[] values = x.toFloats();
    return IntStream.range(0, values.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -values[i]).thenComparing(i -> i))
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  static float at(Tensor x, int i) {
    return x.array()[x.offset() + i];
  }

  static void set(Tensor x, int i, double value) {
    x.array()[x.offset() + i] = (float) value;
  }

  private static double square(double x) {
    return x * x;
  }
}
