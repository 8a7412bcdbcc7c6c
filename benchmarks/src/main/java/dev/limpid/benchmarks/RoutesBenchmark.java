package dev.limpid.benchmarks;

import dev.limpid.attribution.Contributions;
import dev.limpid.model.TraceDetail;
import dev.limpid.model.Transformer;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;

/**
 * Routes of models with random weights from finished contributions. They are walks over lists, with
 * no operation on tensors in them and so without a vector side.
 */
public class RoutesBenchmark extends ModelBenchmark {
  /** Positions on which both sides are compared. */
  private static final int CHECKED = 19;

  private static final double THRESHOLD = 0.04;

  /** Of a share of flow: contributions that differ by 1e-6, through all layers. */
  private static final double TOLERANCE = 1e-4;

  @SuppressWarnings("NullAway.Init") // made in prepare()
  private Contributions contributions;

  @SuppressWarnings("NullAway.Init")
  private FlowGraph graph;

  /** Makes the contributions, and checks flow on those of the reference operations. */
  @Setup(Level.Trial)
  public void prepare() {
    Transformer vector = vectorModel();
    check(vector, referenceModel());
    contributions = contributions(vector, t);
    graph = FlowGraph.of(contributions);
  }

  private void check(Transformer vector, Transformer reference) {
    int few = Math.min(t, CHECKED);
    RouteExtractor expected = extractor(FlowGraph.of(contributions(reference, few)), THRESHOLD);
    RouteExtractor actual = extractor(FlowGraph.of(contributions(vector, few)), THRESHOLD);
    for (Route route : actual.routes()) {
      double[] flow = expected.sourceFlow(route.position());
      for (int token = 0; token < few; token++) {
        if (!(Math.abs(flow[token] - route.sourceFlow(token)) <= TOLERANCE)) {
          throw new IllegalStateException(
              "flow from token %d to position %d is %s, on reference operations %s"
                  .formatted(token, route.position(), route.sourceFlow(token), flow[token]));
        }
      }
    }
  }

  private Contributions contributions(Transformer model, int count) {
    return Contributions.of(model, model.trace(RandomModel.tokens(shape, count), TraceDetail.FULL));
  }

  private static RouteExtractor extractor(FlowGraph graph, double threshold) {
    return new RouteExtractor(graph, ThresholdMode.RENORMALISED, threshold);
  }

  /** The graph and the routes of all positions. */
  @Benchmark
  public List<Route> all() {
    return extractor(FlowGraph.of(contributions), THRESHOLD).routes();
  }

  /** One route on a graph that is there, as when a threshold is moved. */
  @Benchmark
  public Route one() {
    return extractor(graph, 0.03).route(t - 1);
  }
}
