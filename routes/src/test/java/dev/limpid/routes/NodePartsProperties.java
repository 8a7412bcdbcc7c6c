package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.Contributions;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

/** The parts of a state are those of its route. */
class NodePartsProperties {
  private static final double ROUNDING = 1e-5;

  @Property(tries = 200)
  void partsAddToOneAndAreTheEdgesOfTheRoute(
      @ForAll long seed,
      @ForAll ThresholdMode mode,
      @ForAll BiasOption bias,
      @ForAll @DoubleRange(min = 0, max = 0.5) double threshold) {
    Contributions contributions = RandomContributions.of(seed, 2, 7, 3, bias, 0);
    RouteExtractor extractor = new RouteExtractor(FlowGraph.of(contributions), mode, threshold);
    Route route = extractor.route(6);
    for (Route.NodeFlow flow : route.nodes()) {
      Node node = flow.node();
      if (!node.isMadeOfParts()) {
        continue;
      }

      NodeParts parts = NodeParts.of(extractor, node, contributions.layers().get(node.layer()));

      double kept =
          parts.residual().kept()
              + parts.mlp().map(NodeParts.Part::kept).orElse(0.0)
              + parts.keys().stream().mapToDouble(k -> k.part().kept()).sum();
      double all =
          parts.residual().contribution()
              + parts.mlp().map(NodeParts.Part::contribution).orElse(0.0)
              + parts.keys().stream().mapToDouble(k -> k.part().contribution()).sum();
      assertThat(kept + parts.bias() + parts.below()).isCloseTo(1, within(ROUNDING));
      assertThat(parts.below()).isGreaterThan(-ROUNDING);
      if (bias == BiasOption.EXCLUDED) {
        assertThat(all).isCloseTo(1, within(ROUNDING));
      }
      for (Edge edge : route.edges()) {
        if (edge.to().equals(node)) {
          assertThat(weight(parts, edge)).isEqualTo(edge.weight());
        }
      }
    }
  }

  private static double weight(NodeParts parts, Edge edge) {
    return switch (edge) {
      case Edge.Residual _ -> parts.residual().weight();
      case Edge.MlpOut _ -> parts.mlp().orElseThrow().weight();
      case Edge.Attention attention ->
          parts.keys().stream()
              .filter(k -> k.key() == attention.from().position())
              .findFirst()
              .orElseThrow()
              .part()
              .weight();
      case Edge.MlpIn _ -> throw new AssertionError("an MLP is not made of parts");
    };
  }
}
