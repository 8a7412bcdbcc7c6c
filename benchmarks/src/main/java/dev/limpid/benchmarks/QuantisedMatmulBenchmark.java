package dev.limpid.benchmarks;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.BlockFormat;
import dev.limpid.tensor.ops.PackedMatrix;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.ops.WeightLayout;
import dev.limpid.tensor.spi.Backends;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * x W^T for a matrix of a model of 8 billion parameters whose weights are quantised, beside the
 * same matrix in F16.
 *
 * <p>The weight is another copy on every call, as in {@link MatmulBenchmark}, and all copies of
 * either kind take the same memory: that of a model in which no cache helps.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx4g"})
public class QuantisedMatmulBenchmark {
  /** Relative to the largest result; sums of 4096 products. */
  private static final double TOLERANCE = 1e-5;

  /** Bytes of weights to rotate through: a model of that size is in no cache. */
  private static final long ROTATION = 1L << 30;

  /** D of Llama-3.1-8B: queries and the output projection are [D, D]. */
  private static final int WIDTH = 4096;

  /** How the weight is quantised. */
  @Param({
    "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K", "Q5_K", "Q6_K", "IQ4_NL",
    "IQ4_XS", "MXFP4"
  })
  public BlockFormat format = BlockFormat.Q4_0;

  /** Rows of x: positions of the prompt, 1 when generating. */
  @Param({"1", "128"})
  public int t;

  private final TensorOps vector = Backends.open("vector");
  private PackedMatrix[] blocks = {};
  private PackedMatrix[] halves = {};
  private Tensor x = Tensor.zeros(1, 1);
  private Tensor out = Tensor.zeros(1, 1);
  private int turn;

  /** Packs the weights, and checks the result. */
  @Setup(Level.Trial)
  public void prepare() {
    Inputs inputs = new Inputs();
    x = inputs.gaussian(1, t, WIDTH);
    out = Tensor.zeros(t, WIDTH);
    Tensor weight = inputs.blocks(format, WIDTH, WIDTH);
    blocks = copies(weight, format.bytesOf(weight.size()));
    halves = copies(inputs.weight(DType.F16, WIDTH, WIDTH), weight.size() * DType.F16.bytes());

    TensorOps reference = new ReferenceOps();
    vector.matmul(x, blocks[0], null, out);
    int from = Math.max(0, t - 2); // the naive loops take seconds for all rows
    Tensor expected = Tensor.zeros(t - from, WIDTH);
    reference.matmul(x.rows(from, t), reference.pack(weight, WeightLayout.OUT_IN), null, expected);
    Inputs.requireClose(expected, out.rows(from, t), TOLERANCE * Inputs.largest(expected));
  }

  private PackedMatrix[] copies(Tensor weight, long bytes) {
    PackedMatrix[] copies = new PackedMatrix[(int) Math.max(1, ROTATION / bytes)];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = vector.pack(weight, WeightLayout.OUT_IN);
    }
    return copies;
  }

  /** Codes and scales, widened where they are multiplied. */
  @Benchmark
  public Tensor quantised() {
    return product(blocks);
  }

  /** The same matrix in F16. */
  @Benchmark
  public Tensor halves() {
    return product(halves);
  }

  private Tensor product(PackedMatrix[] weights) {
    turn = (turn + 1) % weights.length;
    vector.matmul(x, weights[turn], null, out);
    return out;
  }
}
