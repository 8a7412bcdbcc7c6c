package dev.limpid.benchmarks;

import dev.limpid.model.Transformer;
import dev.limpid.tensor.DType;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.spi.Backends;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What is measured on whole models with random weights. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 2,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public abstract class ModelBenchmark {
  /** The model. */
  @Param({"GPT2", "SMOLLM2"})
  public ModelShape shape = ModelShape.GPT2;

  /** Positions of the prompt. */
  @Param({"16", "64", "128", "512"})
  public int t;

  /** How the weights are stored. */
  @Param({"F32", "F16"})
  public DType dtype = DType.F32;

  /** Returns the model on the fast operations. */
  final Transformer vectorModel() {
    return RandomModel.of(shape, dtype, Backends.open("vector"));
  }

  /** Returns the same model on the naive loops. */
  final Transformer referenceModel() {
    return RandomModel.of(shape, dtype, new ReferenceOps());
  }
}
