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

/** The contributions of all terms of one attention block: exact and fast, beside brute force. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class AttentionProximityBenchmark {
  /** Rounding of float sums over 768 components, as a share of |y|_1, which is about 1500. */
  private static final double TOLERANCE = 1e-3;

  /** An attention block of a model. */
  public enum Block {
    /** SmolLM2-135M: 9 query heads share 3 key/value heads. */
    SMOLLM2(576, 9, 3),
    /** GPT-2. */
    GPT2(768, 12, 12);

    private final int width;
    private final int nHeads;
    private final int nKvHeads;

    Block(int width, int nHeads, int nKvHeads) {
      this.width = width;
      this.nHeads = nHeads;
      this.nKvHeads = nKvHeads;
    }
  }

  /** The attention block. */
  @Param public Block block = Block.SMOLLM2;

  /** Positions of the prompt. */
  @Param({"16", "64", "128", "512"})
  public int t;

  private final TensorOps vector = Backends.open("vector");
  private final TensorOps reference = new ReferenceOps();
  private Tensor pattern = Tensor.zeros();
  private Tensor values = pattern;
  private Tensor whole = pattern;
  private Tensor out = pattern;
  private Tensor weight = Tensor.zeros(1, 1);
  private PackedMatrix fast = vector.packBothWays(weight, WeightLayout.OUT_IN);
  private PackedMatrix slow = reference.packBothWays(weight, WeightLayout.OUT_IN);

  /** Makes an attention block, and checks the result where brute force takes seconds at most. */
  @Setup(Level.Trial)
  public void prepare() {
    Inputs inputs = new Inputs();
    int dHead = block.width / block.nHeads;
    pattern = inputs.pattern(block.nHeads, t);
    values = inputs.gaussian(1, block.nKvHeads, t, dHead);
    whole = inputs.gaussian(2, t, block.width);
    for (int i = 0; i < t * block.width; i += 97) {
      whole.array()[i] *= 30; // the outliers that residual streams have
    }
    weight = inputs.weight(DType.F32, block.width, block.width);
    fast = vector.packBothWays(weight, WeightLayout.OUT_IN);
    slow = reference.packBothWays(weight, WeightLayout.OUT_IN);
    out = Tensor.zeros(block.nHeads, t * (t + 1) / 2);
    if (t <= 128) {
      Tensor expected = brute();
      out = Tensor.zeros(block.nHeads, t * (t + 1) / 2);
      Inputs.requireClose(expected, vector(), TOLERANCE);
    }
  }

  /** The fast implementation. */
  @Benchmark
  public Tensor vector() {
    vector.attentionProximity(pattern, values, fast, whole, out);
    return out;
  }

  /** |y|_1 - |y - z|_1 component by component, in double. */
  @Benchmark
  public Tensor brute() {
    reference.attentionProximity(pattern, values, slow, whole, out);
    return out;
  }
}
