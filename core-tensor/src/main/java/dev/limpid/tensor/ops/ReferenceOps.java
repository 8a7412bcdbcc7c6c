package dev.limpid.tensor.ops;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.math3.special.Erf;
import org.jspecify.annotations.Nullable;

/**
 * The operations in naive loops with double accumulators: the readable specification, and the
 * oracle that faster implementations are tested against.
 */
public final class ReferenceOps implements TensorOps {

  /** Creates the operations; they keep no state. */
  public ReferenceOps() {}

  /** The elements of inputs [from, from + inputs) of a matrix [out, stride], as floats. */
  private record Matrix(float[] values, int stride, int from, int inputs, int outputs)
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
      return new Matrix(values, stride, from + first, last - first, outputs);
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
  public PackedMatrix pack(Tensor weight, WeightLayout layout, int from, int to) {
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
    return new Matrix(values, inputs, 0, inputs, to - from);
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

  @Override
  public void causalPattern(
      Tensor queries,
      Tensor keys,
      int nHeads,
      int nKvHeads,
      float scale,
      int window,
      Tensor pattern) {
    OpChecks.causalPattern(queries, keys, nHeads, nKvHeads, window, pattern);
    int tq = queries.dim(0);
    int tk = keys.dim(0);
    int dHead = queries.dim(1) / nHeads;
    double[] row = new double[tk];
    for (int h = 0; h < nHeads; h++) {
      int kvHead = h / (nHeads / nKvHeads);
      for (int q = 0; q < tq; q++) {
        int last = q + tk - tq;
        int first = Math.max(0, last - window + 1);
        double max = Double.NEGATIVE_INFINITY;
        for (int k = first; k <= last; k++) {
          double dot = 0;
          for (int i = 0; i < dHead; i++) {
            dot +=
                (double) at(queries, (q * nHeads + h) * dHead + i)
                    * at(keys, (k * nKvHeads + kvHead) * dHead + i);
          }
          row[k] = dot * scale;
          max = Math.max(max, row[k]);
        }
        double sum = 0;
        for (int k = first; k <= last; k++) {
          row[k] = Math.exp(row[k] - max);
          sum += row[k];
        }
        for (int k = 0; k < tk; k++) {
          set(pattern, (h * tq + q) * tk + k, first <= k && k <= last ? row[k] / sum : 0);
        }
      }
    }
  }

  @Override
  public void attend(Tensor pattern, Tensor values, Tensor out) {
    OpChecks.attend(pattern, values, out);
    int nHeads = pattern.dim(0);
    int tq = pattern.dim(1);
    int tk = pattern.dim(2);
    int dHead = values.dim(2);
    for (int h = 0; h < nHeads; h++) {
      int kvHead = h / (nHeads / values.dim(0));
      for (int q = 0; q < tq; q++) {
        for (int i = 0; i < dHead; i++) {
          double sum = 0;
          for (int k = 0; k <= q + tk - tq; k++) {
            sum +=
                (double) at(pattern, (h * tq + q) * tk + k)
                    * at(values, (kvHead * tk + k) * dHead + i);
          }
          set(out, (q * nHeads + h) * dHead + i, sum);
        }
      }
    }
  }

  @Override
  public void attendCached(
      Tensor queries,
      Tensor keys,
      Tensor values,
      int nKeys,
      int nHeads,
      float scale,
      int window,
      Tensor out) {
    OpChecks.attendCached(queries, keys, values, nKeys, nHeads, window, out);
    int tq = queries.dim(0);
    int capacity = keys.dim(1);
    int dHead = keys.dim(2);
    double[] row = new double[nKeys];
    for (int h = 0; h < nHeads; h++) {
      int head = h / (nHeads / keys.dim(0)) * capacity; // its first key, in rows
      for (int q = 0; q < tq; q++) {
        int query = (q * nHeads + h) * dHead;
        int last = q + nKeys - tq;
        int first = Math.max(0, last - window + 1);
        double max = Double.NEGATIVE_INFINITY;
        for (int k = first; k <= last; k++) {
          double dot = 0;
          for (int i = 0; i < dHead; i++) {
            dot += (double) at(queries, query + i) * at(keys, (head + k) * dHead + i);
          }
          row[k] = dot * scale;
          max = Math.max(max, row[k]);
        }
        double sum = 0;
        for (int k = first; k <= last; k++) {
          row[k] = Math.exp(row[k] - max);
          sum += row[k];
        }
        for (int i = 0; i < dHead; i++) {
          double mixed = 0;
          for (int k = first; k <= last; k++) {
            mixed += row[k] * at(values, (head + k) * dHead + i);
          }
          set(out, query + i, mixed / sum);
        }
      }
    }
  }

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
      case GELU_ERF -> x / 2 * (1 + Erf.erf(x / Math.sqrt(2)));
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
  public void proximity(Tensor part, Tensor whole, Tensor out) {
    OpChecks.proximity(part, whole, out);
    int width = part.dim(1);
    for (int t = 0; t < part.dim(0); t++) {
      double proximity = 0;
      for (int i = t * width; i < (t + 1) * width; i++) {
        double y = at(whole, i);
        proximity += Math.abs(y) - Math.abs(y - at(part, i));
      }
      set(out, t, proximity);
    }
  }

  @Override
  public void attentionProximity(
      Tensor pattern,
      Tensor values,
      PackedMatrix projection,
      PackedMatrix projectionTransposed,
      Tensor whole,
      Tensor out) {
    OpChecks.attentionProximity(pattern, values, projection, projectionTransposed, whole, out);
    int nHeads = pattern.dim(0);
    int t = pattern.dim(1);
    int dHead = values.dim(2);
    int width = whole.dim(1);
    Tensor term = Tensor.zeros(t, width); // u[h, k] = values[h / (H/K), k] W_O^h
    for (int h = 0; h < nHeads; h++) {
      PackedMatrix ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
      matmul(values.row(h / (nHeads / values.dim(0))), ofHead, null, term);
      for (int q = 0; q < t; q++) {
        for (int k = 0; k <= q; k++) {
          double a = at(pattern, (h * t + q) * t + k);
          double proximity = 0;
          for (int i = 0; i < width; i++) {
            double y = at(whole, q * width + i);
            proximity += Math.abs(y) - Math.abs(y - a * at(term, k * width + i));
          }
          set(out, (q * (q + 1) / 2 + k) * nHeads + h, Math.max(0, proximity));
        }
      }
    }
  }

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

  private static float at(Tensor x, int i) {
    return x.array()[x.offset() + i];
  }

  private static void set(Tensor x, int i, double value) {
    x.array()[x.offset() + i] = (float) value;
  }

  private static double square(double x) {
    return x * x;
  }
}
