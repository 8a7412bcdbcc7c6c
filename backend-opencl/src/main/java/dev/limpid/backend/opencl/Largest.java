package dev.limpid.backend.opencl;

import java.util.Comparator;
import java.util.PriorityQueue;

/** The choice of the largest of some numbers. */
final class Largest {
  private Largest() {}

  /** Returns their indices, largest first; of equal ones the lower index comes first. */
  static int[] of(float[] values, int k) {
    // Its head is the one to go next: the smallest, and of equal ones the highest index.
    Comparator<Integer> order =
        (i, j) ->
            values[i] == values[j] ? Integer.compare(j, i) : Float.compare(values[i], values[j]);
    PriorityQueue<Integer> chosen = new PriorityQueue<>(Math.max(1, k), order);
    for (int i = 0; i < values.length && k > 0; i++) {
      if (chosen.size() < k) {
        chosen.add(i);
      } else if (values[i] > values[chosen.element()]) {
        chosen.remove();
        chosen.add(i);
      }
    }
    int[] top = new int[chosen.size()];
    for (int i = top.length - 1; i >= 0; i--) {
      top[i] = chosen.remove();
    }
    return top;
  }
}
