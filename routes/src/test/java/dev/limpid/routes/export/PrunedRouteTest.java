package dev.limpid.routes.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.routes.Edge;
import dev.limpid.routes.LostFlow;
import dev.limpid.routes.Node;
import dev.limpid.routes.Route;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrunedRouteTest {
  private static final Node TOKEN = new Node(Node.Kind.TOKEN, 0, 0);
  private static final Node SECOND = new Node(Node.Kind.TOKEN, 0, 1);
  private static final Node STATE = new Node(Node.Kind.AFTER_ATTENTION, 0, 1);
  private static final Node MLP = new Node(Node.Kind.MLP, 0, 1);
  private static final Node LAST = new Node(Node.Kind.AFTER_MLP, 0, 1);

  /** An MLP's two edges carry 0.3; a residual edge of weight 0.9 below carries 0.9 of it all. */
  private static final Route ROUTE =
      new Route(
          1,
          List.of(
              new Route.NodeFlow(TOKEN, 0.1, 1),
              new Route.NodeFlow(SECOND, 0.9, 1),
              new Route.NodeFlow(STATE, 1, 1),
              new Route.NodeFlow(MLP, 0.3, 1),
              new Route.NodeFlow(LAST, 1, 1)),
          List.of(
              new Edge.Attention(TOKEN, STATE, 0.1, List.of(new Edge.Head(0, 0.1))),
              new Edge.Residual(SECOND, STATE, 0.9),
              new Edge.MlpIn(STATE, MLP, 0.3),
              new Edge.MlpOut(MLP, LAST, 0.3),
              new Edge.Residual(STATE, LAST, 0.7)),
          new LostFlow(0, 0, 0),
          List.of(),
          List.of());

  @Test
  void keepsTheLargestAndOfEqualOnesTheFirst() {
    PrunedRoute pruned = PrunedRoute.of(ROUTE, 3);

    assertThat(pruned.edges())
        .containsExactly(ROUTE.edges().get(1), ROUTE.edges().get(2), ROUTE.edges().get(4));
    assertThat(pruned.least()).isEqualTo(0.3);
    assertThat(pruned.nodes().stream().map(Route.NodeFlow::node))
        .containsExactly(SECOND, STATE, MLP, LAST);
  }

  @Test
  void theExplainedStateStaysEvenWhereNoEdgeOfItDoes() {
    PrunedRoute pruned = PrunedRoute.of(ROUTE, 1);

    assertThat(pruned.edges()).containsExactly(ROUTE.edges().get(1));
    assertThat(pruned.nodes().getLast()).isEqualTo(new Route.NodeFlow(LAST, 1, 1));
  }

  @Test
  void isNeededAboveTheNumberAlone() {
    assertThat(PrunedRoute.isNeeded(ROUTE, 5)).isFalse();
    assertThat(PrunedRoute.isNeeded(ROUTE, 4)).isTrue();
  }
}
