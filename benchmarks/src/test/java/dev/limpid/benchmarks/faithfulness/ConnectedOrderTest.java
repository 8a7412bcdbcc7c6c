package dev.limpid.benchmarks.faithfulness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.routes.circuit.CircuitOrder;
import dev.limpid.routes.circuit.Components;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnectedOrderTest {
  private static final Components COMPONENTS = new Components(3, 2, 3, true);

  /** Nobody reads position 1 above layer 0, so nothing that is written there goes on. */
  @Test
  void whatNobodyReadsComesAsLateAsItsOnlyReader() {
    double[] scores = new double[COMPONENTS.size()];
    int far = COMPONENTS.mlp(0, 1);
    int reader = COMPONENTS.term(1, 0, 3, 1);
    scores[far] = 9;
    scores[reader] = 2;

    double[] connected = ConnectedOrder.of(COMPONENTS, scores);

    assertThat(connected[far]).isEqualTo(Math.nextDown(2.0));
    assertThat(connected[reader]).isEqualTo(2);
  }

  @Test
  void everyBeginningHangsTogether() {
    double[] scores = new Random(7).doubles(COMPONENTS.size()).toArray();
    CircuitOrder order = CircuitOrder.by(ConnectedOrder.of(COMPONENTS, scores));
    for (int count = 1; count <= COMPONENTS.size(); count++) {
      BitSet first = order.first(count);
      assertThat(reached(first)).as("of the first %d", count).isEqualTo(first);
    }
  }

  /** What of a circuit is reached from the target. */
  private static BitSet reached(BitSet circuit) {
    BitSet reached = new BitSet();
    BitSet states = new BitSet();
    states.set(COMPONENTS.target());
    for (int l = COMPONENTS.nLayers() - 1; l >= 0; l--) {
      BitSet below = (BitSet) states.clone();
      for (int q = COMPONENTS.first(l); q <= COMPONENTS.target(); q++) {
        if (states.get(q)) {
          reached.set(COMPONENTS.mlp(l, q), circuit.get(COMPONENTS.mlp(l, q)));
          for (int h = 0; h < COMPONENTS.nHeads(); h++) {
            for (int k = 0; k <= q; k++) {
              int term = COMPONENTS.term(l, h, q, k);
              reached.set(term, circuit.get(term));
              below.set(k, below.get(k) || circuit.get(term));
            }
          }
        }
      }
      states = below;
    }
    return reached;
  }
}
