package dev.limpid.benchmarks.compare;

import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** Makes sure that both sides of a row did the same work: what they found is compared. */
final class SameAnswers {
  /** Of the largest value: sums in another order through all layers, and another library's exp. */
  private static final double TOLERANCE = 1e-3;

  private double[] ours = {};

  /** Takes note of what our side found. */
  void ours(double[] values) {
    ours = values;
  }

  /** Returns the other side's work, which fails if it found something else. */
  Timed theirs(Peer.Task task) {
    return () -> {
      JsonNode answer = task.answer();
      JsonNode values = answer.path("values");
      double largest = 0;
      double apart = values.size() == ours.length ? 0 : Double.POSITIVE_INFINITY;
      for (int i = 0; i < Math.min(ours.length, values.size()); i++) {
        largest = Math.max(largest, Math.abs(ours[i]));
        apart = Math.max(apart, Math.abs(ours[i] - values.path(i).doubleValue()));
      }
      if (!(apart <= TOLERANCE * largest)) {
        throw new IOException(
            "the peer found other values: of %d, the largest %s, they differ by up to %s"
                .formatted(ours.length, largest, apart));
      }
      return answer.path("seconds").doubleValue();
    };
  }
}
