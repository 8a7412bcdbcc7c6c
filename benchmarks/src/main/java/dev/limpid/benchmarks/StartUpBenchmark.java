package dev.limpid.benchmarks;

import dev.limpid.attribution.Contributions;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import dev.limpid.tensor.ops.ReferenceOps;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.Backends;
import java.io.IOException;
import java.nio.file.Path;
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
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The first use of the library in a process: a bundled model opened, and a first prompt explained.
 * The collector is the launcher's.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(
    value = 7,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"})
public class StartUpBenchmark {
  private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";
  private static final double THRESHOLD = 0.04;

  /** Of a share of flow: contributions that differ by 1e-6, through all layers. */
  private static final double TOLERANCE = 1e-4;

  /** A model's folder, from the project's. */
  @Param({"testdata/models/demo-gpt2", "testdata/models/demo-llama"})
  public String model = "";

  private List<Route> explained = List.of();

  /** On the fast operations. */
  @Benchmark
  public Route vector() throws IOException {
    return explain(Backends.open("vector"));
  }

  /** On the naive loops. */
  @Benchmark
  public Route reference() throws IOException {
    return explain(new ReferenceOps());
  }

  /** Checks the route; afterwards, since before it everything has to be cold. */
  @TearDown(Level.Trial)
  public void check() throws IOException {
    Route timed = explained.getFirst();
    Route expected = explain(new ReferenceOps());
    for (int token = 0; token <= expected.position(); token++) {
      if (!(Math.abs(expected.sourceFlow(token) - timed.sourceFlow(token)) <= TOLERANCE)) {
        throw new IllegalStateException(
            "flow from token %d is %s, on reference operations %s"
                .formatted(token, timed.sourceFlow(token), expected.sourceFlow(token)));
      }
    }
  }

  private Route explain(TensorOps ops) throws IOException {
    Path folder = Path.of(model);
    Transformer opened = ModelLoader.open(folder, ops);
    List<Integer> tokens = TokenizerLoader.load(folder).orElseThrow().prompt(PROMPT, true);
    var contributions = Contributions.of(opened, opened.trace(tokens, TraceDetail.FULL));
    Route route =
        new RouteExtractor(FlowGraph.of(contributions), ThresholdMode.RENORMALISED, THRESHOLD)
            .route(tokens.size() - 1);
    explained = List.of(route);
    return route;
  }
}
