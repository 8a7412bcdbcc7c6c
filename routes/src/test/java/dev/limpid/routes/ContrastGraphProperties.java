package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
import dev.limpid.routes.ContrastFlow.Amount;
import dev.limpid.routes.ContrastGraph.EdgeAmount;
import dev.limpid.routes.ContrastGraph.NodeAmount;
import java.util.List;
import java.util.function.ToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Amounts add up at every node, whatever the contributions. */
class ContrastGraphProperties {
  private static final double ROUNDING = 1e-9;

  @Property(tries = 200)
  void whatComesInIsWhatGoesOut(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 4) int nLayers,
      @ForAll @IntRange(min = 1, max = 9) int nPositions,
      @ForAll @IntRange(min = 1, max = 3) int nHeads) {
    FlowGraph graph =
        FlowGraph.of(
            RandomContributions.of(seed, nLayers, nPositions, nHeads, BiasOption.EXCLUDED, 0));
    int position = Math.floorMod(seed, nPositions);
    DirectLogitAttribution attribution =
        ContrastFlowProperties.attribution(seed, nLayers, position, nHeads);

    ContrastGraph contrast = ContrastGraph.of(graph, attribution, Integer.MAX_VALUE);

    for (ToDoubleFunction<Amount> side :
        List.<ToDoubleFunction<Amount>>of(Amount::towards, Amount::away)) {
      for (NodeAmount node : contrast.nodes()) {
        double amount = side.applyAsDouble(node.amount());
        if (node.node().kind() != Node.Kind.TOKEN) {
          assertThat(sum(contrast, side, e -> e.to().equals(node.node())))
              .as("into %s", node.node())
              .isCloseTo(amount, within(ROUNDING));
        }
        if (!node.node().equals(graph.node(graph.lastState(position)))) {
          assertThat(sum(contrast, side, e -> e.from().equals(node.node())))
              .as("out of %s", node.node())
              .isCloseTo(amount, within(ROUNDING));
        }
      }
    }
    Amount last = contrast.nodes().getLast().amount();
    assertThat(last.net() + contrast.biases()).isCloseTo(attribution.sum(), within(ROUNDING));
    assertThat(last.towards()).isCloseTo(positive(attribution, position, 1), within(ROUNDING));
    assertThat(last.away()).isCloseTo(positive(attribution, position, -1), within(ROUNDING));
  }

  @Property(tries = 100)
  void noEdgeLeftOutIsLargerThanOneKept(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int maxEdges) {
    FlowGraph graph = FlowGraph.of(RandomContributions.of(seed, 3, 5, 2, BiasOption.EXCLUDED, 0));
    DirectLogitAttribution attribution = ContrastFlowProperties.attribution(seed, 3, 4, 2);
    List<EdgeAmount> all = ContrastGraph.of(graph, attribution, Integer.MAX_VALUE).edges();

    ContrastGraph pruned = ContrastGraph.of(graph, attribution, maxEdges);

    double least = pruned.edges().stream().mapToDouble(EdgeAmount::size).min().orElseThrow();
    assertThat(pruned.edges()).hasSize(Math.min(maxEdges, all.size())).isSubsetOf(all);
    assertThat(all.stream().filter(e -> !pruned.edges().contains(e)))
        .allMatch(e -> e.size() <= least);
    assertThat(pruned.allEdges()).isEqualTo(all.size());
    assertThat(pruned.nodes().getLast().node()).isEqualTo(graph.node(graph.lastState(4)));
  }

  private static double sum(
      ContrastGraph graph,
      ToDoubleFunction<Amount> side,
      java.util.function.Predicate<EdgeAmount> edges) {
    return graph.edges().stream()
        .filter(edges)
        .mapToDouble(e -> side.applyAsDouble(e.amount()))
        .sum();
  }

  private static double positive(DirectLogitAttribution attribution, int position, int sign) {
    double sum = Math.max(0, sign * attribution.embedding());
    for (LayerLogits layer : attribution.layers()) {
      sum += Math.max(0, sign * layer.mlp());
      for (int h = 0; h < layer.nHeads(); h++) {
        for (int k = 0; k <= position; k++) {
          sum += Math.max(0, sign * layer.head(h, k));
        }
      }
    }
    return sum;
  }
}
