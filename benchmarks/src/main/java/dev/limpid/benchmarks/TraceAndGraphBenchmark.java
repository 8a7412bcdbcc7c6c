package dev.limpid.benchmarks;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.model.ForwardTrace;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.FlowGraphBuilder;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/**
 * The trace and the graph of models with random weights, in three ways that give the same routes.
 */
public class TraceAndGraphBenchmark extends ModelBenchmark {
  private static final double THRESHOLD = 0.04;

  @SuppressWarnings("NullAway.Init") // made in prepare()
  private Transformer model;

  private List<Integer> tokens = List.of();

  /**
   * What a prompt leaves behind.
   *
   * @param graph for thresholds from 0.04 on
   */
  public record Traced(ForwardTrace trace, FlowGraph graph) {}

  /** Makes the model, and checks the ways against one another. */
  @Setup(Level.Trial)
  public void prepare() {
    model = vectorModel();
    tokens = RandomModel.tokens(shape, t);
    List<Route> expected = routes(full());
    requireSame(expected, routes(residuals()), "layers computed again");
    requireSame(expected, routes(onePass()), "one pass");
  }

  private static List<Route> routes(Traced traced) {
    return new RouteExtractor(traced.graph(), ThresholdMode.RENORMALISED, THRESHOLD).routes();
  }

  private static void requireSame(List<Route> expected, List<Route> actual, String way) {
    if (!actual.equals(expected)) {
      throw new IllegalStateException(way + " gave other routes than a trace with everything kept");
    }
  }

  /** Everything kept, then the graph. */
  @Benchmark
  public Traced full() {
    return oneAfterTheOther(TraceDetail.FULL);
  }

  /** The residual states kept, then the graph, for which every layer is computed again. */
  @Benchmark
  public Traced residuals() {
    return oneAfterTheOther(TraceDetail.RESIDUALS);
  }

  /** The residual states kept, and the graph made while the prompt runs. */
  @Benchmark
  public Traced onePass() {
    FlowGraphBuilder builder = new FlowGraphBuilder(model, ContributionOptions.DEFAULT, THRESHOLD);
    ForwardTrace trace = model.run(tokens, TraceDetail.RESIDUALS, builder);
    return new Traced(trace, builder.graph());
  }

  private Traced oneAfterTheOther(TraceDetail detail) {
    ForwardTrace trace = model.trace(tokens, detail);
    return new Traced(
        trace, FlowGraph.of(model, trace, ContributionOptions.DEFAULT, THRESHOLD, done -> {}));
  }
}
