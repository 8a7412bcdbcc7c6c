package dev.limpid.benchmarks.faithfulness;

import dev.limpid.routes.circuit.Components;
import java.util.Arrays;

/**
 * An order of components of which every beginning hangs together: each component in it can be
 * reached from the target, over residual connections and components before it.
 */
final class ConnectedOrder {
  private ConnectedOrder() {}

  /**
   * Returns the largest, over paths from the target down to each component, of the least score on
   * the path, its own included; residual connections are always open. Of equals, the one that is
   * nearer to the target comes first, by a last digit.
   */
  static double[] of(Components components, double[] scores) {
    double[] connected = new double[scores.length];
    double[] state = new double[components.nPositions()];
    Arrays.fill(state, Double.NEGATIVE_INFINITY);
    state[components.target()] = Double.POSITIVE_INFINITY;
    for (int l = components.nLayers() - 1; l >= 0; l--) {
      double[] below = state.clone();
      for (int q = components.first(l); q <= components.target(); q++) {
        if (components.withMlps()) {
          int mlp = components.mlp(l, q);
          connected[mlp] = Math.min(Math.nextDown(state[q]), scores[mlp]);
        }
        for (int h = 0; h < components.nHeads(); h++) {
          for (int k = 0; k <= q; k++) {
            int term = components.term(l, h, q, k);
            connected[term] = Math.min(Math.nextDown(state[q]), scores[term]);
            below[k] = Math.max(below[k], connected[term]);
          }
        }
      }
      state = below;
    }
    return connected;
  }
}
