package dev.limpid.routes.circuit;

import dev.limpid.routes.Edge;
import dev.limpid.routes.Node;
import dev.limpid.routes.RouteGraph;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;

/** A route as a circuit, and circuits by chance that are as large. */
public final class RouteCircuit {
  private RouteCircuit() {}

  /**
   * Returns the terms on the route's attention edges and its MLPs; residual connections are in
   * every circuit.
   *
   * @param route of the components' target
   */
  public static BitSet of(Components components, RouteGraph route) {
    BitSet circuit = new BitSet(components.size());
    for (Edge edge : route.edges()) {
      Node to = edge.to();
      switch (edge) {
        case Edge.Attention attention -> {
          for (Edge.Head head : attention.heads()) {
            circuit.set(
                components.term(
                    to.layer(), head.head(), to.position(), attention.from().position()));
          }
        }
        case Edge.MlpOut _ -> {
          if (components.withMlps()) {
            circuit.set(components.mlp(to.layer(), to.position()));
          }
        }
        case Edge.Residual _, Edge.MlpIn _ -> {}
      }
    }
    return circuit;
  }

  /** Returns a circuit by chance with as many terms and as many MLPs as another. */
  public static BitSet random(Components components, BitSet like, Random random) {
    int terms = like.get(0, components.nTerms()).cardinality();
    BitSet circuit = new BitSet(components.size());
    draw(0, components.nTerms(), terms, random, circuit);
    draw(components.nTerms(), components.size(), like.cardinality() - terms, random, circuit);
    return circuit;
  }

  private static void draw(int from, int to, int count, Random random, BitSet circuit) {
    int[] numbers = IntStream.range(from, to).toArray();
    for (int i = 0; i < count; i++) {
      int j = i + random.nextInt(numbers.length - i);
      circuit.set(numbers[j]);
      numbers[j] = numbers[i];
    }
  }
}
