package dev.limpid.benchmarks;

import dev.limpid.model.KeyValueCache;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.Backends;
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
 * One greedy step of a model with random weights behind a text of some length; and the run of that
 * text. Tokens a second are 1000 / milliseconds of a step.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class GenerateBenchmark {
  /** Of the largest logit: sums in another order through all layers. */
  private static final double TOLERANCE = 1e-4;

  /** The model. */
  @Param("SMOLLM2")
  public ModelShape shape = ModelShape.SMOLLM2;

  /** Positions in front of the step. */
  @Param({"16", "128", "512", "2000"})
  public int behind;

  /** How the weights are stored. */
  @Param({"F32", "F16", "BF16"})
  public DType dtype = DType.F32;

  private final TensorOps ops = Backends.open("vector");
  private final KeyValueCache cache = new KeyValueCache();
  private List<Integer> text = List.of();
  private List<Transformer> model = List.of();

  /** Makes the model, runs the text, and checks a step against the pass over all of it. */
  @Setup(Level.Trial)
  public void prepare() {
    model = List.of(RandomModel.of(shape, dtype, ops));
    text = RandomModel.tokens(shape, behind + 1);
    model().extend(text.subList(0, behind), cache);
    Tensor expected = model().trace(text, TraceDetail.RESIDUALS).logits(behind);
    Tensor step = model().unembed(model().extend(text.subList(behind, behind + 1), cache)).row(0);
    Inputs.requireClose(expected, step, TOLERANCE * Inputs.largest(expected));
  }

  /** One more token. */
  @Benchmark
  public int step() {
    cache.truncate(behind);
    Tensor states = model().extend(text.subList(behind, behind + 1), cache);
    return ops.topK(model().unembed(states).row(0), 1)[0];
  }

  /** The text in front of it, in one go. */
  @Benchmark
  public int prompt() {
    cache.truncate(0);
    Tensor states = model().extend(text.subList(0, behind), cache);
    return ops.topK(model().unembed(states.rows(behind - 1, behind)).row(0), 1)[0];
  }

  private Transformer model() {
    return model.getFirst();
  }
}
