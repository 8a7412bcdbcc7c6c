package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/** Operations on every row by itself, which the threads share. */
final class Rowwise {
  /** Elements in a work item: some microseconds of work. */
  private static final int CHUNK = 4096;

  private Rowwise() {}

  /** Works on one row. */
  interface Row {
    void run(int row);
  }

  /** Lets the threads share rows of that width. */
  static void forRows(int rows, int width, WorkerPool pool, Row work) {
    int together = Math.max(1, CHUNK / Math.max(1, width));
    pool.run(
        Math.ceilDiv(rows, together),
        (item, scratch) -> {
          int last = Math.min(rows, (item + 1) * together);
          for (int row = item * together; row < last; row++) {
            work.run(row);
          }
        });
  }

  // --- norms

  /** Writes (x - mean) / sqrt(variance + epsilon) * gain + bias into out. */
  static void layerNorm(
      Tensor x,
      @Nullable Tensor gain,
      @Nullable Tensor bias,
      float epsilon,
      Tensor out,
      WorkerPool pool) {
    int width = x.dim(1);
    float[] source = x.array();
    forRows(
        x.dim(0),
        width,
        pool,
        row -> {
          int at = x.offset() + row * width;
          double mean = DoubleSums.sum(source, at, width) / width;
          double variance = DoubleSums.squares(source, at, width, mean) / width;
          double scale = 1 / Math.sqrt(variance + epsilon);
          scale(width, source, at, (float) mean, (float) scale, gain, bias, out, row);
        });
  }

  /** Writes x / sqrt(mean(x^2) + epsilon) * gain into out. */
  static void rmsNorm(Tensor x, Tensor gain, float epsilon, Tensor out, WorkerPool pool) {
    int width = x.dim(1);
    float[] source = x.array();
    forRows(
        x.dim(0),
        width,
        pool,
        row -> {
          int at = x.offset() + row * width;
          double scale = 1 / Math.sqrt(DoubleSums.squares(source, at, width, 0) / width + epsilon);
          scale(width, source, at, 0, (float) scale, gain, null, out, row);
        });
  }

  private static void scale(
      int n,
      float[] x,
      int at,
      float mean,
      float scale,
      @Nullable Tensor gain,
      @Nullable Tensor bias,
      Tensor out,
      int row) {
    float[] target = out.array();
    int to = out.offset() + row * n;
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector.fromArray(FLOATS, x, at + i).sub(mean).mul(scale).intoArray(target, to + i);
    }
    for (; i < n; i++) {
      target[to + i] = (x[at + i] - mean) * scale;
    }
    if (gain != null) {
      Elementwise.multiply(n, target, to, gain.array(), gain.offset(), target, to);
    }
    if (bias != null) {
      Elementwise.add(n, target, to, bias.array(), bias.offset(), target, to);
    }
  }

  // --- heads

  /** Writes x [n, K d] by heads into out [K, T, d], from position {@code first} on. */
  static void splitHeads(Tensor x, Tensor out, int first, WorkerPool pool) {
    int width = x.dim(1);
    int dHead = out.dim(2);
    forRows(
        x.dim(0),
        width,
        pool,
        t -> {
          int from = x.offset() + t * width;
          int to = out.offset() + (first + t) * dHead;
          for (int h = 0; h < out.dim(0); h++) {
            int at = to + h * out.dim(1) * dHead;
            System.arraycopy(x.array(), from + h * dHead, out.array(), at, dHead);
          }
        });
  }

  // --- rotation

  /** Rotates every head of x in place, as {@code TensorOps.rotate} says. */
  static void rotate(Tensor x, int dHead, Tensor cos, Tensor sin, WorkerPool pool) {
    int width = x.dim(1);
    int half = cos.dim(1);
    forRows(
        x.dim(0),
        width,
        pool,
        t -> {
          int c = cos.offset() + t * half;
          int s = sin.offset() + t * half;
          int at = x.offset() + t * width;
          for (int head = at; head < at + width; head += dHead) {
            rotate(half, x.array(), head, cos.array(), c, sin.array(), s);
          }
        });
  }

  private static void rotate(
      int half, float[] x, int at, float[] cos, int cosAt, float[] sin, int sinAt) {
    int i = 0;
    for (; i < FLOATS.loopBound(half); i += VL) {
      FloatVector a = FloatVector.fromArray(FLOATS, x, at + i);
      FloatVector b = FloatVector.fromArray(FLOATS, x, at + half + i);
      FloatVector c = FloatVector.fromArray(FLOATS, cos, cosAt + i);
      FloatVector s = FloatVector.fromArray(FLOATS, sin, sinAt + i);
      a.mul(c).sub(b.mul(s)).intoArray(x, at + i);
      b.mul(c).add(a.mul(s)).intoArray(x, at + half + i);
    }
    for (; i < half; i++) {
      float a = x[at + i];
      float b = x[at + half + i];
      float c = cos[cosAt + i];
      float s = sin[sinAt + i];
      x[at + i] = a * c - b * s;
      x[at + half + i] = b * c + a * s;
    }
  }

  // --- proximity

  /**
   * Writes |y|_1 - |y - z|_1 into out, with y = whole[t] and z = part[t].
   *
   * <p>Every component is taken as s z - 2 max(0, s z - |y|), s the sign of y: the same number,
   * without the cancellation of two large ones.
   */
  static void proximity(Tensor part, Tensor whole, Tensor out, WorkerPool pool) {
    int width = part.dim(1);
    forRows(
        part.dim(0),
        width,
        pool,
        t ->
            out.array()[out.offset() + t] =
                proximity(
                    width,
                    part.array(),
                    part.offset() + t * width,
                    whole.array(),
                    whole.offset() + t * width));
  }

  private static float proximity(int n, float[] z, int zAt, float[] y, int yAt) {
    FloatVector sum = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector vy = FloatVector.fromArray(FLOATS, y, yAt + i);
      FloatVector along = Lanes.timesSign(FloatVector.fromArray(FLOATS, z, zAt + i), vy);
      FloatVector beyond = Lanes.positive(along.sub(Lanes.abs(vy)));
      sum = sum.add(along.sub(beyond.add(beyond)));
    }
    float total = Lanes.sum(sum);
    for (; i < n; i++) {
      float along = y[yAt + i] < 0 ? -z[zAt + i] : z[zAt + i];
      float beyond = Math.max(0, along - Math.abs(y[yAt + i]));
      total += along - 2 * beyond;
    }
    return total;
  }
}
