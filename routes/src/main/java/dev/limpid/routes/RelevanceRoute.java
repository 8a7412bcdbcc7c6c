package dev.limpid.routes;

import java.util.List;

/**
 * What made an answer: the terms of attention and the MLPs that brought a share of its logit, or of
 * the difference of two, as far as they are connected with the explained state.
 *
 * <p>The flow of a node and the weight of an edge are relevance / |m|, shares of the number asked
 * about. Those of states and residual edges may be negative: what speaks against the answer.
 *
 * @param position whose prediction it is
 * @param nodes as in every route
 * @param edges as in every route; the weight of an attention edge is that of the heads it names
 */
public record RelevanceRoute(int position, List<Route.NodeFlow> nodes, List<Edge> edges)
    implements RouteGraph {

  /** Copies the lists. */
  public RelevanceRoute {
    nodes = List.copyOf(nodes);
    edges = List.copyOf(edges);
  }

  /** Returns how many terms of attention, and how many MLPs, are in it. */
  public int nComponents() {
    return edges.stream()
        .mapToInt(edge ->
            switch (edge) {
              case Edge.Attention attention -> attention.heads().size();
              case Edge.MlpOut _ -> 1;
              case Edge.Residual _, Edge.MlpIn _ -> 0;
            })
        .sum();
  }
}
