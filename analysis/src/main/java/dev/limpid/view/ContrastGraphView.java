package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.json.Decimals;
import dev.limpid.routes.ContrastGraph;
import dev.limpid.routes.Node;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a logit, or the difference of two, came about, as a graph: {@code GET
 * /api/traces/{id}/contrast}.
 *
 * @param logit the answer's, less that of the distractor
 * @param biases what the biases of the model add themselves
 * @param lost what arrives at no token
 * @param pruned how large the whole graph is; null if this is all of it
 */
@JsonTypeName("limpid/contrast/1")
public record ContrastGraphView(
    ModelView model,
    List<TokenView> tokens,
    int position,
    PredictionView answer,
    @Nullable PredictionView distractor,
    @Decimals(Decimals.LOGIT) double logit,
    @Decimals(Decimals.LOGIT) double biases,
    List<NodeAmount> nodes,
    List<EdgeAmount> edges,
    ContrastView.Amount lost,
    @Nullable Pruned pruned)
    implements Document {

  /** What goes through a node. */
  public record NodeAmount(
      String id,
      String kind,
      int layer,
      int position,
      @Decimals(Decimals.LOGIT) double towards,
      @Decimals(Decimals.LOGIT) double away) {}

  /** What goes through an edge. */
  public record EdgeAmount(
      String from,
      String to,
      String kind,
      @Decimals(Decimals.LOGIT) double towards,
      @Decimals(Decimals.LOGIT) double away) {}

  /**
   * The whole graph.
   *
   * @param least the smallest amount that is shown
   */
  public record Pruned(
      int nodes, long edges, int maxEdges, @Decimals(Decimals.LOGIT) double least) {}

  /** Returns the document of a graph. */
  public static ContrastGraphView of(
      ModelView model,
      List<TokenView> tokens,
      PredictionView answer,
      @Nullable PredictionView distractor,
      ContrastGraph graph,
      int maxEdges) {
    List<NodeAmount> nodes =
        graph.nodes().stream()
            .map(n ->
                new NodeAmount(
                    n.node().id(),
                    kind(n.node()),
                    n.node().layer(),
                    n.node().position(),
                    n.amount().towards(),
                    n.amount().away()))
            .toList();
    List<EdgeAmount> edges =
        graph.edges().stream()
            .map(e ->
                new EdgeAmount(
                    e.from().id(),
                    e.to().id(),
                    e.kind().name().toLowerCase(Locale.ROOT),
                    e.amount().towards(),
                    e.amount().away()))
            .toList();
    return new ContrastGraphView(
        model,
        tokens,
        graph.position(),
        answer,
        distractor,
        answer.logit() - (distractor == null ? 0 : distractor.logit()),
        graph.biases(),
        nodes,
        edges,
        new ContrastView.Amount(graph.lost().towards(), graph.lost().away()),
        graph.allEdges() == graph.edges().size() ? null : pruned(graph, maxEdges));
  }

  private static Pruned pruned(ContrastGraph graph, int maxEdges) {
    double least =
        graph.edges().stream().mapToDouble(ContrastGraph.EdgeAmount::size).min().orElse(0);
    return new Pruned(graph.allNodes(), graph.allEdges(), maxEdges, least);
  }

  private static String kind(Node node) {
    return node.kind().name().toLowerCase(Locale.ROOT);
  }
}
