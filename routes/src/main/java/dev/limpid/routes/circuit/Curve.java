package dev.limpid.routes.circuit;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of the answer the first components of an order recover, by the share of all components
 * that run.
 *
 * @param values the metric at each of {@link #SIZES}
 * @param recovered 0 with nothing and 1 with the whole model, not clipped; empty where those two do
 *     not differ
 */
public record Curve(List<Double> values, List<Double> recovered) {
  /** The shares of all components that run. */
  public static final List<Double> SIZES =
      List.of(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0);

  /** Below this the whole model and the empty circuit do not differ. */
  public static final double LEAST_SPAN = 1e-3;

  /** Copies the lists. */
  public Curve {
    values = List.copyOf(values);
    recovered = List.copyOf(recovered);
  }

  /**
   * Returns the curve of some values.
   *
   * @param full the metric of the whole model
   * @param empty the metric of the empty circuit
   */
  public static Curve of(List<Double> values, double full, double empty) {
    boolean differ = Math.abs(full - empty) >= LEAST_SPAN;
    return new Curve(
        values,
        differ ? values.stream().map(v -> (v - empty) / (full - empty)).toList() : List.of());
  }

  /** Returns what a value recovers; null where the whole model and nothing do not differ. */
  public static @Nullable Double recovered(double value, double full, double empty) {
    return Math.abs(full - empty) < LEAST_SPAN ? null : (value - empty) / (full - empty);
  }

  /** Returns the area under what is recovered (CPR, Mueller et al. 2025); null without it. */
  public @Nullable Double cpr() {
    return area(recovered);
  }

  /** Returns the area under |1 - recovered| (CMD, the same); 0 is best; null without it. */
  public @Nullable Double cmd() {
    return area(recovered.stream().map(r -> Math.abs(1 - r)).toList());
  }

  private static @Nullable Double area(List<Double> heights) {
    if (heights.isEmpty()) {
      return null;
    }
    double area = 0;
    for (int i = 1; i < heights.size(); i++) {
      area += (SIZES.get(i) - SIZES.get(i - 1)) * (heights.get(i) + heights.get(i - 1)) / 2;
    }
    return area;
  }
}
