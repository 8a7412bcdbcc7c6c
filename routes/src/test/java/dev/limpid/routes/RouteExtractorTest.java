package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.attribution.ContributionOptions;
import dev.limpid.attribution.Contributions;
import dev.limpid.attribution.LayerContributions;
import dev.limpid.attribution.NodeShares;
import dev.limpid.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One layer, two tokens, two heads: small enough to check by hand. */
class RouteExtractorTest {
  /** Contributions are float32. */
  private static final double ROUNDING = 1e-6;

  /** Position 1 after attention: key 0 by two heads, key 1 by two heads, and its residual. */
  private static FlowGraph graph(double... parts) {
    Tensor attention = Tensor.of(floats(0, parts[0], parts[2], 0, parts[1], parts[3]), 2, 3);
    Tensor residual = Tensor.of(floats(1, parts[4]), 2);
    Tensor mlp = Tensor.of(floats(0.25, 0.25), 2);
    Tensor mlpResidual = Tensor.of(floats(0.75, 0.75), 2);
    Tensor none = Tensor.zeros(2);
    return FlowGraph.of(
        new Contributions(
            ContributionOptions.DEFAULT,
            List.of(
                new LayerContributions(
                    attention,
                    new NodeShares(
                        residual, none, mlp, mlpResidual, none, List.of(), List.of())))));
  }

  private static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static List<String> edges(Route route) {
    return route.edges().stream().map(edge -> edge.from() + ">" + edge.to()).toList();
  }

  @Test
  void renormalisesAsTheAuthorsDo() {
    Route route =
        new RouteExtractor(graph(0.05, 0.15, 0, 0, 0.8), ThresholdMode.RENORMALISED, 0.1).route(1);
    assertThat(edges(route))
        .containsExactly("X0_0>A0_1", "X0_1>A0_1", "A0_1>M0_1", "M0_1>I0_1", "A0_1>I0_1");
    assertThat(route.edges().get(0).weight()).isCloseTo(0.157894, within(ROUNDING));
    assertThat(((Edge.Attention) route.edges().get(0)).heads())
        .singleElement()
        .satisfies(head -> assertThat(head.head()).isEqualTo(1));
    assertThat(route.edges().get(1)).isInstanceOf(Edge.Residual.class);
    assertThat(route.edges().get(1).weight()).isCloseTo(0.842105, within(ROUNDING));
    assertThat(route.sourceFlow(0)).isCloseTo(0.157894, within(ROUNDING));
    assertThat(route.nodes().getLast().flow()).isEqualTo(1);
    assertThat(route.lostFlow().total()).isZero();
    // Of A0_1, 0.95 is kept; of I0_1 all; the flow of both is 1.
    assertThat(route.keptShare()).isCloseTo((0.95 + 1) / 2, within(ROUNDING));
    assertThat(route.arrivingShare()).isCloseTo(0.95, within(ROUNDING));
  }

  @Test
  void headsAreTestedOneByOneOnlyWhereRenormalised() {
    FlowGraph graph = graph(0.06, 0.06, 0, 0, 0.88);
    assertThat(edges(new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.1).route(1)))
        .doesNotContain("X0_0>A0_1");
    Route raw = new RouteExtractor(graph, ThresholdMode.RAW, 0.1).route(1);
    assertThat(edges(raw)).contains("X0_0>A0_1");
    assertThat(raw.edges().getFirst().weight()).isCloseTo(0.12, within(ROUNDING));
  }

  @Test
  void rawTestsThePositionItselfAsOne() {
    // 0.08 by attention to itself and 0.07 by the residual stand together above 0.1.
    FlowGraph graph = graph(0.85, 0, 0.03, 0.05, 0.07);
    Route kept = new RouteExtractor(graph, ThresholdMode.RAW, 0.1).route(1);
    assertThat(kept.edges().get(1)).isInstanceOf(Edge.Attention.class);
    assertThat(kept.edges().get(1).weight()).isCloseTo(0.08, within(ROUNDING));
    assertThat(kept.edges().get(2)).isInstanceOf(Edge.Residual.class);
    assertThat(kept.edges().get(2).weight()).isCloseTo(0.07, within(ROUNDING));
    assertThat(kept.lostFlow().belowThreshold()).isCloseTo(0, within(ROUNDING));

    Route dropped = new RouteExtractor(graph, ThresholdMode.RAW, 0.2).route(1);
    assertThat(edges(dropped)).containsExactly("X0_0>A0_1", "A0_1>M0_1", "M0_1>I0_1", "A0_1>I0_1");
    assertThat(dropped.lostFlow().belowThreshold()).isCloseTo(0.15, within(ROUNDING));
  }

  @Test
  void aNodeWithoutSurvivorsIsStopped() {
    FlowGraph graph = graph(0.2, 0.2, 0.2, 0.2, 0.2);
    Route route = new RouteExtractor(graph, ThresholdMode.RENORMALISED, 0.5).route(1);
    assertThat(route.nodes().stream().map(n -> n.node().id())).containsExactly("A0_1", "I0_1");
    assertThat(route.stopped()).containsExactly(new Node(Node.Kind.AFTER_ATTENTION, 0, 1));
    assertThat(route.cancelling()).isEmpty();
    assertThat(route.lostFlow()).isEqualTo(new LostFlow(1, 0, 0));
    assertThat(route.arrivingShare()).isZero();
  }

  @Test
  void impossibleArgumentsAreNamed() {
    FlowGraph graph = graph(0.2, 0.2, 0.2, 0.2, 0.2);
    assertThatThrownBy(() -> new RouteExtractor(graph, ThresholdMode.RAW, 1))
        .hasMessageContaining("the threshold is 1.0");
    assertThatThrownBy(() -> new RouteExtractor(graph, ThresholdMode.RAW, Double.NaN))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new RouteExtractor(graph, ThresholdMode.RAW, 0).route(2))
        .hasMessageContaining("position 2 is not in the prompt (0 to 1)");
    assertThatThrownBy(() -> new RouteExtractor(graph, ThresholdMode.RAW, 0).sourceFlow(-1))
        .hasMessageContaining("position -1 is not in the prompt (0 to 1)");
  }
}
