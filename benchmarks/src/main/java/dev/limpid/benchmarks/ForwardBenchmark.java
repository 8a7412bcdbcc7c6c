package dev.limpid.benchmarks;

import dev.limpid.model.Transformer;
import dev.limpid.model.trace.ForwardTrace;
import dev.limpid.model.trace.TraceDetail;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.ops.vector.VectorBackend;
import java.util.List;
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
 * The forward pass of models with random weights, with every residual state, pattern, value and
 * neuron kept, and the logits of all positions.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class ForwardBenchmark {
  /** Positions on which both sides are compared; the naive loops take a second for them. */
  private static final int CHECKED = 7;

  /** Of the largest logit: sums in another order through all layers. */
  private static final double TOLERANCE = 1e-4;

  /** The model. */
  @Param({"GPT2", "SMOLLM2"})
  public ModelShape shape = ModelShape.GPT2;

  /** Positions of the prompt. */
  @Param({"16", "64", "128", "512"})
  public int t;

  /** How the weights are stored. */
  @Param({"F32", "F16"})
  public DType dtype = DType.F32;

  @SuppressWarnings("NullAway.Init") // made in prepare()
  private Transformer vector;

  @SuppressWarnings("NullAway.Init")
  private Transformer reference;

  private List<Integer> tokens = List.of();

  /** Makes the model twice, and checks one against the other. */
  @Setup(Level.Trial)
  public void prepare() {
    vector = RandomModel.of(shape, dtype, new VectorBackend().open());
    reference = RandomModel.of(shape, dtype, new ReferenceOps());
    tokens = RandomModel.tokens(shape, t);
    List<Integer> few = tokens.subList(0, Math.min(t, CHECKED));
    Tensor expected = logits(reference, few);
    float largest = Inputs.largest(expected);
    Inputs.requireClose(expected, logits(vector, few), TOLERANCE * largest);
  }

  /** The fast operations. */
  @Benchmark
  public Tensor vector() {
    return logits(vector, tokens);
  }

  /** The naive loops. */
  @Benchmark
  public Tensor reference() {
    return logits(reference, tokens);
  }

  private static Tensor logits(Transformer model, List<Integer> tokens) {
    ForwardTrace trace = model.trace(tokens, TraceDetail.FULL);
    return trace.logits();
  }
}
