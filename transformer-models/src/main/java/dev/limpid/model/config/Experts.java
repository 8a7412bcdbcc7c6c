package dev.limpid.model.config;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Experts in the place of an MLP: a router gives every position to a few of them.
 *
 * @param count E
 * @param used k, how many a position goes to
 * @param dExpert neurons of one expert
 * @param normalised whether the weights of the chosen ones are divided by their sum
 * @param bias whether router and experts have biases
 * @param clamp c, where gate and up are cut off at c, and the neurons are (up + 1) gate
 *     sigmoid(alpha gate)
 * @param alpha what goes with the clamp
 * @param dShared neurons of an expert that all positions go to, weighed by a gate of its own
 * @param layers whether a layer has experts, [L]
 */
public record Experts(
    int count,
    int used,
    int dExpert,
    boolean normalised,
    boolean bias,
    OptionalDouble clamp,
    double alpha,
    OptionalInt dShared,
    List<Boolean> layers) {

  /** Copies the list and checks the counts. */
  public Experts {
    layers = List.copyOf(layers);
    if (count < 1 || used < 1 || dExpert < 1) {
      throw new IllegalArgumentException(
          "%d experts of %d neurons, of which %d are used".formatted(count, dExpert, used));
    }
    if (dShared.isPresent() && dShared.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "a shared expert of %d neurons".formatted(dShared.getAsInt()));
    }
    if (used > count) {
      throw new IllegalArgumentException(
          "%d experts are used of %d there are".formatted(used, count));
    }
  }

  /** Returns experts without biases, clamp or a shared one. */
  public static Experts of(int count, int used, int dExpert, List<Boolean> layers) {
    return new Experts(
        count, used, dExpert, false, false, OptionalDouble.empty(), 1, OptionalInt.empty(), layers);
  }

  /** Returns the same with weights that sum to 1, or with those of the softmax. */
  public Experts withNormalised(boolean sums) {
    return new Experts(count, used, dExpert, sums, bias, clamp, alpha, dShared, layers);
  }

  /** Returns the same with biases of router and experts. */
  public Experts withBias(boolean biased) {
    return new Experts(count, used, dExpert, normalised, biased, clamp, alpha, dShared, layers);
  }

  /** Returns the same with clamped neurons. */
  public Experts withClamp(double largest, double steepness) {
    return new Experts(
        count,
        used,
        dExpert,
        normalised,
        bias,
        OptionalDouble.of(largest),
        steepness,
        dShared,
        layers);
  }

  /** Returns the same with an expert of so many neurons that all positions go to. */
  public Experts withShared(int neurons) {
    return new Experts(
        count, used, dExpert, normalised, bias, clamp, alpha, OptionalInt.of(neurons), layers);
  }
}
