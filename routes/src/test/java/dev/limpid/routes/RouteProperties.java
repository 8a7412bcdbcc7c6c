package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.BiasOption;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

/** What holds for the routes of any contributions whatever. */
class RouteProperties {
  /** Contributions are float32 and sum to 1 up to rounding. */
  private static final double ROUNDING = 1e-5;

  @Provide
  Arbitrary<Contributions> contributions() {
    return anyContributions(BiasOption.values(), 0.05);
  }

  @Provide
  Arbitrary<Contributions> plain() {
    return anyContributions(new BiasOption[] {BiasOption.EXCLUDED}, 0);
  }

  private static Arbitrary<Contributions> anyContributions(BiasOption[] biases, double cancelling) {
    return Combinators.combine(
            Arbitraries.longs(),
            Arbitraries.integers().between(1, 4),
            Arbitraries.of(1, 2, 7, 13),
            Arbitraries.integers().between(1, 5),
            Arbitraries.of(biases))
        .as((seed, l, t, h, bias) -> RandomContributions.of(seed, l, t, h, bias, cancelling));
  }

  @Provide
  Arbitrary<Double> thresholds() {
    return Arbitraries.oneOf(
        Arbitraries.of(0.0, 0.005, 0.01, 0.04, 0.1), Arbitraries.doubles().between(0, 0.99));
  }

  @Property(tries = 300)
  void noFlowIsCreatedOrForgotten(
      @ForAll("contributions") Contributions contributions,
      @ForAll ThresholdMode mode,
      @ForAll("thresholds") double threshold) {
    for (Route route : routes(contributions, mode, threshold)) {
      double arrived = route.sources().stream().mapToDouble(Route.NodeFlow::flow).sum();
      assertThat(arrived + route.lostFlow().total()).isCloseTo(1, within(ROUNDING));
      assertThat(route.lostFlow().belowThreshold()).isGreaterThanOrEqualTo(0);
      if (mode == ThresholdMode.RENORMALISED) {
        assertThat(route.lostFlow().belowThreshold()).isZero();
      }
    }
  }

  @Property(tries = 100)
  void withAllEdgesEverythingComesFromTheTokens(
      @ForAll("plain") Contributions contributions, @ForAll ThresholdMode mode) {
    for (Route route : routes(contributions, mode, 0)) {
      assertThat(route.sources().stream().mapToDouble(Route.NodeFlow::flow).sum())
          .isCloseTo(1, within(ROUNDING));
      assertThat(route.stopped()).isEmpty();
    }
  }

  @Property(tries = 200)
  void whatIsKeptIsAShareAndFallsWithTheThreshold(
      @ForAll("contributions") Contributions contributions,
      @ForAll ThresholdMode mode,
      @ForAll @DoubleRange(min = 0, max = 0.2) double low,
      @ForAll @DoubleRange(min = 0, max = 0.2) double step) {
    List<Route> more = routes(contributions, mode, low);
    List<Route> fewer = routes(contributions, mode, low + step);
    for (int t = 0; t < more.size(); t++) {
      assertThat(more.get(t).keptShare()).isBetween(0.0, 1.0);
      assertThat(fewer.get(t).arrivingShare())
          .isBetween(0.0, more.get(t).arrivingShare() + ROUNDING);
      Map<Node, Double> kept = new HashMap<>();
      more.get(t).nodes().forEach(node -> kept.put(node.node(), node.kept()));
      for (Route.NodeFlow node : fewer.get(t).nodes()) {
        assertThat(node.kept()).isBetween(0.0, kept.getOrDefault(node.node(), 0.0) + ROUNDING);
      }
      if (mode == ThresholdMode.RAW) {
        assertThat(more.get(t).arrivingShare())
            .isCloseTo(
                more.get(t).sources().stream().mapToDouble(Route.NodeFlow::flow).sum(),
                within(ROUNDING));
      }
    }
  }

  @Property(tries = 100)
  void withAllEdgesEverythingIsKept(
      @ForAll("plain") Contributions contributions, @ForAll ThresholdMode mode) {
    for (Route route : routes(contributions, mode, 0)) {
      assertThat(route.keptShare()).isCloseTo(1, within(ROUNDING));
      assertThat(route.arrivingShare()).isCloseTo(1, within(ROUNDING));
    }
  }

  @Property(tries = 100)
  void aHigherThresholdKeepsASubset(
      @ForAll("contributions") Contributions contributions,
      @ForAll @DoubleRange(min = 0, max = 0.2) double low,
      @ForAll @DoubleRange(min = 0, max = 0.2) double step) {
    List<Route> more = routes(contributions, ThresholdMode.RAW, low);
    List<Route> fewer = routes(contributions, ThresholdMode.RAW, low + step);
    for (int t = 0; t < more.size(); t++) {
      assertThat(new HashSet<>(more.get(t).edges())).containsAll(fewer.get(t).edges());
    }
  }

  @Property(tries = 100)
  void renormalisedWeightsSumToOneOrTheNodeIsStopped(
      @ForAll("contributions") Contributions contributions,
      @ForAll("thresholds") double threshold) {
    for (Route route : routes(contributions, ThresholdMode.RENORMALISED, threshold)) {
      Map<Node, Double> incoming = new HashMap<>();
      for (Edge edge : route.edges()) {
        incoming.merge(edge.to(), edge.weight(), Double::sum);
      }
      for (Route.NodeFlow node : route.nodes()) {
        double sum = incoming.getOrDefault(node.node(), 0.0);
        if (route.stopped().contains(node.node())) {
          assertThat(sum).isZero();
        } else if (hasParts(node.node()) && withoutBias(contributions)) {
          assertThat(sum).isCloseTo(1, within(ROUNDING));
        } else {
          assertThat(sum).isBetween(0.0, 1 + ROUNDING);
        }
      }
      assertThat(route.stopped()).containsAll(route.cancelling());
    }
  }

  @Property(tries = 100)
  void aRouteIsConnectedAndLooksBack(
      @ForAll("contributions") Contributions contributions,
      @ForAll ThresholdMode mode,
      @ForAll("thresholds") double threshold) {
    for (Route route : routes(contributions, mode, threshold)) {
      Set<Node> nodes =
          route.nodes().stream().map(Route.NodeFlow::node).collect(Collectors.toSet());
      assertThat(nodes).hasSameSizeAs(route.nodes());
      assertThat(nodes).allMatch(node -> node.position() <= route.position());
      Set<Node> left = new HashSet<>();
      for (Edge edge : route.edges()) {
        assertThat(nodes).contains(edge.from(), edge.to());
        assertThat(edge.weight()).isGreaterThan(0);
        left.add(edge.from());
      }
      nodes.removeAll(left);
      assertThat(nodes).containsExactly(route.nodes().getLast().node());
    }
  }

  @Property(tries = 100)
  void allRoutesAtOnceAreThoseOneByOne(
      @ForAll("contributions") Contributions contributions,
      @ForAll ThresholdMode mode,
      @ForAll("thresholds") double threshold) {
    RouteExtractor extractor = new RouteExtractor(FlowGraph.of(contributions), mode, threshold);
    List<Route> routes = extractor.routes();
    for (int t = 0; t < routes.size(); t++) {
      assertThat(routes.get(t)).isEqualTo(extractor.route(t));
      double[] sourceFlow = extractor.sourceFlow(t);
      for (int s = 0; s < sourceFlow.length; s++) {
        assertThat(sourceFlow[s]).isEqualTo(routes.get(t).sourceFlow(s));
      }
    }
  }

  @Property(tries = 100)
  void theShortListsMissNoKey(
      @ForAll("contributions") Contributions contributions,
      @ForAll("thresholds") double finest,
      @ForAll("thresholds") double threshold) {
    for (LayerContributions layer : contributions.layers()) {
      checkKeys(layer, LayerParts.of(layer, finest, true), threshold);
      checkKeys(layer, LayerParts.of(layer, finest, false), Math.max(finest, threshold));
    }
  }

  private static void checkKeys(LayerContributions layer, LayerParts parts, double threshold) {
    for (int q = 0; q < layer.nPositions(); q++) {
      KeyRow row = parts.keys(q, threshold);
      List<Integer> keys = IntStream.range(0, row.size()).mapToObj(row::key).toList();
      assertThat(keys).isSorted().doesNotHaveDuplicates().endsWith(q);
      for (int k = 0; k <= q; k++) {
        double sum = 0;
        for (int h = 0; h < layer.nHeads(); h++) {
          sum += layer.attention(q, k, h);
        }
        int i = keys.indexOf(k);
        if (i < 0) {
          assertThat(sum).isLessThanOrEqualTo(threshold);
        } else {
          assertThat(row.indexOf(k)).isEqualTo(i);
          assertThat(row.summed(i)).isEqualTo(sum);
        }
      }
    }
  }

  private static List<Route> routes(
      Contributions contributions, ThresholdMode mode, double threshold) {
    return new RouteExtractor(FlowGraph.of(contributions), mode, threshold).routes();
  }

  private static boolean hasParts(Node node) {
    return node.kind() == Node.Kind.AFTER_ATTENTION || node.kind() == Node.Kind.AFTER_MLP;
  }

  private static boolean withoutBias(Contributions contributions) {
    return contributions.options().bias() == BiasOption.EXCLUDED;
  }
}
