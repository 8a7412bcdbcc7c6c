package dev.limpid.routes.circuit;

import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Components from the one with the highest score on; of equals the lower number comes first. */
public final class CircuitOrder {
  private final int[] order;

  private CircuitOrder(int[] order) {
    this.order = order;
  }

  /** Returns the order by a score, by number of the component. */
  public static CircuitOrder by(double[] scores) {
    return new CircuitOrder(
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
            .mapToInt(Integer::intValue)
            .toArray());
  }

  /** Returns the first of them as a circuit. */
  public BitSet first(int count) {
    BitSet circuit = new BitSet(order.length);
    for (int i = 0; i < count; i++) {
      circuit.set(order[i]);
    }
    return circuit;
  }

  /** Returns the circuit of a share of them, rounded down. */
  public BitSet share(double size) {
    return first((int) Math.floor(size * order.length));
  }
}
