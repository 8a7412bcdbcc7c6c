package dev.limpid.routes.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.BiasOption;
import dev.limpid.routes.Edge;
import dev.limpid.routes.FlowGraph;
import dev.limpid.routes.RandomContributions;
import dev.limpid.routes.Route;
import dev.limpid.routes.RouteExtractor;
import dev.limpid.routes.ThresholdMode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The laws of the monoid, and that its numbers are means over what routes say. */
class RouteStatisticsProperties {
  private static final int N_LAYERS = 3;
  private static final int N_HEADS = 5;
  private static final int N_NEURONS = 7;
  private static final StatisticsShape SHAPE =
      new StatisticsShape(N_LAYERS, N_HEADS, false, N_NEURONS, 3);

  /** Flows and weights of a sample are rounded to 6 decimals; a sum of a few dozen is. */
  private static final double ROUNDED = 2e-5;

  @Property(tries = 100)
  void anyOrderAndAnyTreeGiveTheSameBits(
      @ForAll long seed, @ForAll @IntRange(max = 40) int prompts, @ForAll ThresholdMode mode) {
    List<RouteSample> samples = samples(seed, prompts, mode);
    RouteStatistics inOrder = RouteStatistics.empty(SHAPE);
    samples.forEach(inOrder::plus);
    byte[] expected = bytes(inOrder);

    Random random = new Random(seed);
    Collections.shuffle(samples, random);
    assertThat(bytes(anyTree(samples, random))).isEqualTo(expected);
  }

  @Property(tries = 50)
  void theEmptyOneChangesNothingAndReadingGivesBackWhatWasWritten(
      @ForAll long seed, @ForAll @IntRange(max = 20) int prompts) {
    RouteStatistics some = RouteStatistics.empty(SHAPE);
    samples(seed, prompts, ThresholdMode.RENORMALISED).forEach(some::plus);
    byte[] expected = bytes(some);
    assertThat(bytes(RouteStatistics.empty(SHAPE).merge(some))).isEqualTo(expected);
    assertThat(bytes(some.merge(RouteStatistics.empty(SHAPE)))).isEqualTo(expected);
    assertThat(bytes(read(expected))).isEqualTo(expected);
  }

  @Property(tries = 30)
  void meansAreThoseOfTheRoutes(@ForAll long seed, @ForAll ThresholdMode mode) {
    List<Route> routes = routes(seed, 9, mode);
    RouteStatistics all = RouteStatistics.empty(SHAPE);
    routes.forEach(route -> all.plus(sample(seed, route)));
    double n = routes.size();
    for (int l = 0; l < N_LAYERS; l++) {
      for (int h = 0; h < N_HEADS; h++) {
        double flow = 0;
        double toFirst = 0;
        double on = 0;
        for (Route route : routes) {
          boolean isOn = false;
          for (Edge edge : route.edges()) {
            if (edge instanceof Edge.Attention attention && edge.to().layer() == l) {
              for (Edge.Head head : attention.heads()) {
                double amount = head.head() == h ? head.contribution() * flow(route, edge.to()) : 0;
                flow += amount;
                boolean isFirst = edge.from().position() == 0 && edge.to().position() > 0;
                toFirst += isFirst ? amount : 0;
                isOn |= head.head() == h;
              }
            }
          }
          on += isOn ? 1 : 0;
        }
        assertThat(all.flow(l, h)).isCloseTo(flow / n, within(ROUNDED));
        assertThat(all.onRoute(l, h)).isCloseTo(on / n, within(1e-12));
        double whole = flow;
        double part = toFirst;
        if (whole > 0.01) {
          assertThat(all.reads(l, h, Relation.FIRST).orElseThrow())
              .isCloseTo(part / whole, within(ROUNDED / whole * n));
        }
      }
      double passed = all.residual(l) + all.attention(l);
      assertThat(all.mlpFlow(l) + all.mlpResidual(l).orElseThrow()).isLessThan(1 + ROUNDED);
      assertThat(passed).isLessThan(1 + ROUNDED);
    }
    double sources = all.lost();
    for (Relation relation : Relation.values()) {
      sources += all.source(relation);
    }
    assertThat(sources).as("nothing is created or forgotten").isCloseTo(1, within(ROUNDED));
  }

  @Test
  void examplesAreTheStrongestAndTiesGoToTheFirst() {
    Examples examples = new Examples(2);
    for (long prompt : new long[] {9, 4, 7, 5}) {
      examples.add(0, prompt == 7 ? 0.5 : 0.25, new RouteSample.Origin(prompt, 1, true, "t"));
    }
    examples.add(0, 0, new RouteSample.Origin(1, 1, true, "nothing"));
    assertThat(examples.of(0)).extracting(Example::prompt).containsExactly(7L, 4L);
    assertThat(examples.of(1)).isEmpty();
  }

  private static RouteStatistics anyTree(List<RouteSample> samples, Random random) {
    if (samples.size() < 3 || random.nextInt(4) == 0) {
      RouteStatistics leaf = RouteStatistics.empty(SHAPE);
      samples.forEach(leaf::plus);
      return random.nextBoolean() ? leaf : read(bytes(leaf));
    }
    int cut = random.nextInt(samples.size() + 1);
    RouteStatistics left = anyTree(samples.subList(0, cut), random);
    RouteStatistics right = anyTree(samples.subList(cut, samples.size()), random);
    return random.nextBoolean() ? left.merge(right) : right.merge(left);
  }

  private static double flow(Route route, dev.limpid.routes.Node node) {
    return route.nodes().stream()
        .filter(n -> n.node().equals(node))
        .mapToDouble(Route.NodeFlow::flow)
        .sum();
  }

  private static List<RouteSample> samples(long seed, int prompts, ThresholdMode mode) {
    List<RouteSample> samples = new ArrayList<>();
    for (Route route : routes(seed, prompts, mode)) {
      samples.add(sample(seed + samples.size(), route));
    }
    return samples;
  }

  private static RouteSample sample(long seed, Route route) {
    Random random = new Random(seed);
    boolean[] top = new boolean[N_LAYERS];
    double[] entropy = new double[N_LAYERS];
    int[][] strongest = new int[N_LAYERS][];
    float[][] contributions = new float[N_LAYERS][N_NEURONS];
    for (int l = 0; l < N_LAYERS; l++) {
      top[l] = random.nextBoolean();
      entropy[l] = random.nextDouble() * 10;
      strongest[l] = new int[] {random.nextInt(N_NEURONS)};
      for (int n = 0; n < N_NEURONS; n++) {
        contributions[l][n] = random.nextFloat();
      }
    }
    long prompt = random.nextInt(50);
    return RouteSample.of(
        new RouteSample.Origin(prompt, route.position(), random.nextBoolean(), "prompt " + prompt),
        route,
        new RouteSample.Lens(top, entropy),
        new RouteSample.Neurons(strongest, contributions),
        SHAPE);
  }

  private static List<Route> routes(long seed, int count, ThresholdMode mode) {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int nPositions = 1 + (int) Math.floorMod(seed + i, 13L);
      FlowGraph graph =
          FlowGraph.of(
              RandomContributions.of(
                  seed + i, N_LAYERS, nPositions, N_HEADS, BiasOption.EXCLUDED, 0.05),
              1);
      routes.add(new RouteExtractor(graph, mode, 0.04).route(nPositions - 1));
    }
    return routes;
  }

  private static byte[] bytes(RouteStatistics statistics) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      statistics.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static RouteStatistics read(byte[] bytes) {
    try {
      return RouteStatistics.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
