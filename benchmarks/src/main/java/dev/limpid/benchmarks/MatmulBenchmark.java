package dev.limpid.benchmarks;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
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
 * x W^T for the matrices of real models: 2 T in out operations divided by the time is the speed.
 *
 * <p>The weight is another copy on every call, as in a pass through the layers of a model: a weight
 * that stays in cache would flatter short prompts.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class MatmulBenchmark {
  /** Sums of 3072 products of magnitude 1/sqrt(in): about 1e-6 in float. */
  private static final double TOLERANCE = 2e-5;

  /** Bytes of weights to rotate through; more than the caches hold. */
  private static final long ROTATION = 128L << 20;

  /** A weight matrix of a model. */
  public enum Matrix {
    /** SmolLM2-135M, queries and output projection. */
    SMOLLM2_ATTENTION(576, 576),
    /** SmolLM2-135M, keys or values. */
    SMOLLM2_KEYS(576, 192),
    /** SmolLM2-135M, gate or up projection. */
    SMOLLM2_UP(576, 1536),
    /** SmolLM2-135M, down projection. */
    SMOLLM2_DOWN(1536, 576),
    /** SmolLM2-135M, unembedding. */
    SMOLLM2_HEAD(576, 49152),
    /** GPT-2, output projection. */
    GPT2_ATTENTION(768, 768),
    /** GPT-2, queries, keys and values. */
    GPT2_QKV(768, 2304),
    /** GPT-2, into the neurons. */
    GPT2_UP(768, 3072),
    /** GPT-2, out of the neurons. */
    GPT2_DOWN(3072, 768);

    private final int inputs;
    private final int outputs;

    Matrix(int inputs, int outputs) {
      this.inputs = inputs;
      this.outputs = outputs;
    }
  }

  /** The matrix. */
  @Param public Matrix matrix = Matrix.SMOLLM2_ATTENTION;

  /** Rows of x: positions of the prompt, 1 when generating. */
  @Param({"1", "16", "64", "128", "512"})
  public int t;

  /** How the weight is stored. */
  @Param({"F32", "F16", "BF16"})
  public DType dtype = DType.F32;

  private final TensorOps vector = Backends.open("vector");
  private final TensorOps reference = new ReferenceOps();
  private PackedMatrix[] weights = {};
  private PackedMatrix slowWeight = reference.pack(Tensor.zeros(1, 1), WeightLayout.OUT_IN);
  private Tensor x = Tensor.zeros(1, 1);
  private Tensor out = Tensor.zeros(1, 1);
  private int turn;

  /** Packs the weights, and checks the result. */
  @Setup(Level.Trial)
  public void prepare() {
    Inputs inputs = new Inputs();
    Tensor weight = inputs.weight(dtype, matrix.outputs, matrix.inputs);
    x = inputs.gaussian(1, t, matrix.inputs);
    out = Tensor.zeros(t, matrix.outputs);
    weights = new PackedMatrix[(int) Math.max(1, ROTATION / (weight.size() * dtype.bytes()))];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = vector.pack(weight, WeightLayout.OUT_IN);
    }
    slowWeight = reference.pack(weight, WeightLayout.OUT_IN);
    vector.matmul(x, weights[0], null, out);
    int from = Math.max(0, t - 4); // the naive loops take seconds for all rows
    Tensor expected = Tensor.zeros(t - from, matrix.outputs);
    reference.matmul(x.rows(from, t), slowWeight, null, expected);
    Inputs.requireClose(expected, out.rows(from, t), TOLERANCE);
  }

  /** The fast implementation. */
  @Benchmark
  public Tensor vector() {
    turn = (turn + 1) % weights.length;
    vector.matmul(x, weights[turn], null, out);
    return out;
  }

  /** The naive loops. */
  @Benchmark
  public Tensor reference() {
    reference.matmul(x, slowWeight, null, out);
    return out;
  }
}
