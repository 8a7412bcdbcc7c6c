package dev.limpid.view;

import dev.limpid.json.Decimals;
import dev.limpid.routes.Node;
import dev.limpid.routes.RelevanceRoute;
import dev.limpid.routes.export.RouteDocument;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The route behind an answer. All shares are of the value.
 *
 * @param note what it shows, and what it does not
 * @param value the logit of the answer, or how far it is ahead of the distractor
 * @param alpha the share of attention that goes to its patterns
 * @param threshold the least share that a part of the route brought
 * @param components how many terms of attention and MLPs are on the route
 * @param tokens those of the route with what came from them, largest first; negative where they
 *     speak against the answer
 * @param attention the edges between different positions, largest first
 * @param mlps the MLPs, largest first
 */
public record RelevanceView(
    String note,
    @Decimals(Decimals.LOGIT) double value,
    double alpha,
    double threshold,
    int nodes,
    int edges,
    int components,
    List<Source> tokens,
    List<ExplainView.Attention> attention,
    List<Mlp> mlps) {

  /** A token and the share that came from it. */
  public record Source(int position, @Nullable String text, double share) {}

  /** An MLP of the route and the share that it brought. */
  public record Mlp(int layer, int position, double share) {}

  /** Returns the figures of a route that was measured by relevance. */
  public static RelevanceView of(RouteDocument document, List<TokenView> prompt) {
    if (!(document.measure() instanceof RouteDocument.Measure.Relevance measure)
        || !(document.routes().getFirst().route() instanceof RelevanceRoute route)) {
      throw new IllegalArgumentException("not a route by relevance");
    }
    return new RelevanceView(
        measure.shows(),
        measure.value(),
        measure.alpha(),
        document.threshold(),
        route.nodes().size(),
        route.edges().size(),
        route.nComponents(),
        route.sources().stream()
            .sorted(Comparator.comparingDouble(source -> -Math.abs(source.flow())))
            .map(source -> {
              int t = source.node().position();
              return new Source(t, prompt.get(t).text(), source.flow());
            })
            .toList(),
        ExplainView.attention(route),
        route.nodes().stream()
            .filter(node -> node.node().kind() == Node.Kind.MLP)
            .sorted(Comparator.comparingDouble(node -> -node.flow()))
            .map(node -> new Mlp(node.node().layer(), node.node().position(), node.flow()))
            .toList());
  }
}
