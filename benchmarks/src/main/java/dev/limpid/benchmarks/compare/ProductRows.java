package dev.limpid.benchmarks.compare;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.ops.vector.VectorOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * x W for matrices of GPT-2 and SmolLM2 beside a BLAS in its better layout; the weight is another
 * copy on every call, as in a pass through the layers, so that it comes from memory on both sides.
 */
final class ProductRows {
  private static final long ROTATION = 256L << 20;
  private static final int[] LENGTHS = {16, 64, 128, 512};
  private static final int[][] GPT2 = {{768, 768}, {768, 3072}, {3072, 768}, {768, 50257}};
  private static final int[][] SMOLLM2 = {{576, 576}, {576, 1536}, {1536, 576}, {576, 49152}};

  /** What was to be reached beside OpenBLAS, and beside it for all logits. */
  private static final double[][] GOALS = {{1.6, 1.5}, {1.3, 1.2}, {1.15, 1.05}, {1, 0.95}};

  private final TensorOps ops;
  private final Blas blas;
  private final int threads;
  private final Random random = new Random(3);

  ProductRows(Blas blas, int threads) {
    this.ops = new VectorOps(threads);
    this.blas = blas;
    this.threads = threads;
  }

  /** Returns the rows of GPT-2 with the goals beside OpenBLAS. */
  List<Row> besideOpenBlas() {
    List<Row> rows = new ArrayList<>();
    for (int[] shape : GPT2) {
      Weights weights = new Weights(shape[0], shape[1]);
      for (int i = 0; i < LENGTHS.length; i++) {
        rows.add(row(weights, LENGTHS[i], GOALS[i][shape[1] > 50_000 ? 1 : 0]));
      }
    }
    return rows;
  }

  /** Returns the rows of both models, to be no slower. */
  List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (int[] shape : Stream.of(GPT2, SMOLLM2).flatMap(Arrays::stream).toList()) {
      Weights weights = new Weights(shape[0], shape[1]);
      for (int t : LENGTHS) {
        rows.add(row(weights, t, 1));
      }
    }
    return rows;
  }

  private Row row(Weights weights, int t, double goal) {
    Tensor x = gaussian(t, weights.in);
    Tensor out = Tensor.zeros(t, weights.out);
    MemorySegment theirX = copy(x);
    MemorySegment theirOut = Arena.ofAuto().allocate(4L * t * weights.out, 64);
    int repeats = Math.max(1, (int) (200e6 / ((double) t * weights.in * weights.out)));
    check(weights, t, x, out, theirX, theirOut);
    return new Row(
        "sgemm %d x %d, T=%d, %d threads".formatted(weights.in, weights.out, t, threads),
        blas.name(),
        Goal.timesAsFast(goal),
        Timed.of(() ->
            IntStream.range(0, repeats).forEach(i -> ops.matmul(x, weights.nextOurs(), null, out))),
        () ->
            Math.min(
                theirs(repeats, t, weights, false, theirX, theirOut),
                theirs(repeats, t, weights, true, theirX, theirOut)));
  }

  private double theirs(
      int repeats, int t, Weights w, boolean transposed, MemorySegment x, MemorySegment out) {
    long began = System.nanoTime();
    for (int i = 0; i < repeats; i++) {
      blas.multiply(t, w.in, w.out, x, w.nextTheirs(), transposed, out);
    }
    return (System.nanoTime() - began) / 1e9;
  }

  /** Both sides give the same numbers, or nothing is timed. */
  private void check(
      Weights w, int t, Tensor x, Tensor out, MemorySegment theirX, MemorySegment theirOut) {
    ops.matmul(x, w.ours.getFirst(), null, out);
    blas.multiply(t, w.in, w.out, theirX, w.theirs.getFirst(), true, theirOut);
    MemorySegment ours = MemorySegment.ofArray(out.array());
    for (long i = 0; i < out.size(); i += 97) {
      float a = ours.getAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i);
      float b = theirOut.getAtIndex(java.lang.foreign.ValueLayout.JAVA_FLOAT, i);
      if (!(Math.abs(a - b) < 1e-3)) {
        throw new IllegalStateException(
            "element " + i + ": ours " + a + ", " + blas.name() + " " + b);
      }
    }
  }

  private Tensor gaussian(int rows, int columns) {
    Tensor x = Tensor.zeros(rows, columns);
    float scale = (float) (1 / Math.sqrt(columns));
    for (int i = 0; i < x.array().length; i++) {
      x.array()[i] = scale * (float) random.nextGaussian();
    }
    return x;
  }

  private static MemorySegment copy(Tensor x) {
    MemorySegment to = Arena.ofAuto().allocate(4L * x.size(), 64);
    to.copyFrom(MemorySegment.ofArray(x.array()));
    return to;
  }

  /** Copies of one weight [out, in], enough to fall out of every cache. */
  private final class Weights {
    final int in;
    final int out;
    final List<PackedMatrix> ours = new ArrayList<>();
    final List<MemorySegment> theirs = new ArrayList<>();
    private int next;

    Weights(int in, int out) {
      this.in = in;
      this.out = out;
      Tensor weight = gaussian(out, in);
      long copies = Math.clamp(ROTATION / (4L * in * out), 2, 64);
      for (int i = 0; i < copies; i++) {
        ours.add(ops.pack(weight, WeightLayout.OUT_IN));
        theirs.add(copy(weight));
      }
    }

    PackedMatrix nextOurs() {
      return ours.get(next++ % ours.size());
    }

    MemorySegment nextTheirs() {
      return theirs.get(next++ % theirs.size());
    }
  }
}
