package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Activation;
import dev.limpid.tensor.ops.vector.Scratch.Use;
import jdk.incubator.vector.FloatVector;

/** Operations on every element by itself, in chunks that the threads share. */
final class Elementwise {
  /** Elements in a work item: some microseconds of work. */
  private static final int CHUNK = 8192;

  private static final float SQRT_2_OVER_PI = 0.7978846f;

  private Elementwise() {}

  /** Works on n elements of a, b and out from the given offsets on. */
  private interface Chunk {
    void run(int first, int n, Scratch scratch);
  }

  private static void inChunks(long size, WorkerPool pool, Chunk chunk) {
    int n = Math.toIntExact(size);
    pool.run(
        Math.ceilDiv(n, CHUNK),
        (item, scratch) -> chunk.run(item * CHUNK, Math.min(CHUNK, n - item * CHUNK), scratch));
  }

  /** Writes a + b into out. */
  static void add(Tensor a, Tensor b, Tensor out, WorkerPool pool) {
    inChunks(
        a.size(),
        pool,
        (first, n, scratch) ->
            add(
                n,
                a.array(),
                a.offset() + first,
                b.array(),
                b.offset() + first,
                out.array(),
                out.offset() + first));
  }

  /** Writes a - b into out. */
  static void subtract(Tensor a, Tensor b, Tensor out, WorkerPool pool) {
    inChunks(
        a.size(),
        pool,
        (first, n, scratch) ->
            subtract(
                n,
                a.array(),
                a.offset() + first,
                b.array(),
                b.offset() + first,
                out.array(),
                out.offset() + first));
  }

  /** Writes a * b into out. */
  static void multiply(Tensor a, Tensor b, Tensor out, WorkerPool pool) {
    inChunks(
        a.size(),
        pool,
        (first, n, scratch) ->
            multiply(
                n,
                a.array(),
                a.offset() + first,
                b.array(),
                b.offset() + first,
                out.array(),
                out.offset() + first));
  }

  /** Writes factor * a into out. */
  static void scale(Tensor a, float factor, Tensor out, WorkerPool pool) {
    inChunks(
        a.size(),
        pool,
        (first, n, scratch) ->
            CausalAttention.scale(
                a.array(), a.offset() + first, n, factor, out.array(), out.offset() + first));
  }

  /** Writes n elements of out, which may be a or b. */
  static void add(int n, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector.fromArray(FLOATS, a, aAt + i)
          .add(FloatVector.fromArray(FLOATS, b, bAt + i))
          .intoArray(out, outAt + i);
    }
    for (; i < n; i++) {
      out[outAt + i] = a[aAt + i] + b[bAt + i];
    }
  }

  private static void subtract(
      int n, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector.fromArray(FLOATS, a, aAt + i)
          .sub(FloatVector.fromArray(FLOATS, b, bAt + i))
          .intoArray(out, outAt + i);
    }
    for (; i < n; i++) {
      out[outAt + i] = a[aAt + i] - b[bAt + i];
    }
  }

  /** Writes n elements of out, which may be a or b. */
  static void multiply(int n, float[] a, int aAt, float[] b, int bAt, float[] out, int outAt) {
    int i = 0;
    for (; i < FLOATS.loopBound(n); i += VL) {
      FloatVector.fromArray(FLOATS, a, aAt + i)
          .mul(FloatVector.fromArray(FLOATS, b, bAt + i))
          .intoArray(out, outAt + i);
    }
    for (; i < n; i++) {
      out[outAt + i] = a[aAt + i] * b[bAt + i];
    }
  }

  /** Writes f(x) into out. */
  static void activate(Activation f, Tensor x, Tensor out, WorkerPool pool) {
    map((n, from, at, to, outAt) -> activate(f, n, from, at, to, outAt), x, out, pool);
  }

  /** A function of whole vectors of elements. */
  interface Kernel {
    /** Writes it of n elements of x into out; n is a multiple of the lanes. */
    void run(int n, float[] x, int xAt, float[] out, int outAt);
  }

  /** Writes a function of x into out. */
  static void map(Kernel kernel, Tensor x, Tensor out, WorkerPool pool) {
    inChunks(
        x.size(),
        pool,
        (first, n, scratch) -> {
          int whole = FLOATS.loopBound(n);
          int from = x.offset() + first;
          int to = out.offset() + first;
          kernel.run(whole, x.array(), from, out.array(), to);
          if (whole < n) {
            // The last few elements go through a buffer of one vector.
            float[] last = scratch.floats(Use.SUMS, VL);
            System.arraycopy(x.array(), from + whole, last, 0, n - whole);
            kernel.run(VL, last, 0, last, 0);
            System.arraycopy(last, 0, out.array(), to + whole, n - whole);
          }
        });
  }

  private static void activate(Activation f, int n, float[] x, int xAt, float[] out, int outAt) {
    switch (f) {
      case RELU -> relu(n, x, xAt, out, outAt);
      case RELU_SQUARED -> reluSquared(n, x, xAt, out, outAt);
      case GELU_ERF -> geluErf(n, x, xAt, out, outAt);
      case GELU_TANH -> geluTanh(n, x, xAt, out, outAt);
      case QUICK_GELU -> gate(1.702f, n, x, xAt, out, outAt);
      case SILU -> gate(1, n, x, xAt, out, outAt);
    }
  }

  private static void relu(int n, float[] x, int xAt, float[] out, int outAt) {
    for (int i = 0; i < n; i += VL) {
      VectorMath.relu(FloatVector.fromArray(FLOATS, x, xAt + i)).intoArray(out, outAt + i);
    }
  }

  private static void reluSquared(int n, float[] x, int xAt, float[] out, int outAt) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = VectorMath.relu(FloatVector.fromArray(FLOATS, x, xAt + i));
      v.mul(v).intoArray(out, outAt + i);
    }
  }

  private static void geluErf(int n, float[] x, int xAt, float[] out, int outAt) {
    for (int i = 0; i < n; i += VL) {
      VectorMath.gelu(FloatVector.fromArray(FLOATS, x, xAt + i)).intoArray(out, outAt + i);
    }
  }

  /** x/2 (1 + tanh(u)) is x sigmoid(2u). */
  private static void geluTanh(int n, float[] x, int xAt, float[] out, int outAt) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + i);
      FloatVector cubic = v.mul(v).mul(2 * SQRT_2_OVER_PI * 0.044715f).add(2 * SQRT_2_OVER_PI);
      VectorMath.gate(v, v.mul(cubic)).intoArray(out, outAt + i);
    }
  }

  private static void gate(float factor, int n, float[] x, int xAt, float[] out, int outAt) {
    for (int i = 0; i < n; i += VL) {
      FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + i);
      VectorMath.gate(v, v.mul(factor)).intoArray(out, outAt + i);
    }
  }
}
