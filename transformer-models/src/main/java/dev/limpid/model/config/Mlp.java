package dev.limpid.model.config;

import dev.limpid.tensor.ops.Activation;
import java.util.Optional;

/**
 * The MLP blocks.
 *
 * @param dMlp F, neurons; of a layer of experts, none counts
 * @param gated whether a neuron is act(gate) * up, or act(up) alone
 * @param bias whether its linear maps have a bias
 * @param experts what stands in its place in some layers, or in all
 */
public record Mlp(
    int dMlp, boolean gated, Activation activation, boolean bias, Optional<Experts> experts) {

  /** Returns an MLP whose neurons are act(gate) * up, without biases. */
  public static Mlp gated(int dMlp, Activation activation) {
    return new Mlp(dMlp, true, activation, false, Optional.empty());
  }

  /** Returns an MLP whose neurons are act(up), without biases. */
  public static Mlp plain(int dMlp, Activation activation) {
    return new Mlp(dMlp, false, activation, false, Optional.empty());
  }

  /** Returns the same with or without biases. */
  public Mlp withBias(boolean biased) {
    return new Mlp(dMlp, gated, activation, biased, experts);
  }

  /** Returns the same with experts in the place of some of the MLPs. */
  public Mlp withExperts(Experts others) {
    return new Mlp(dMlp, gated, activation, bias, Optional.of(others));
  }

  /** Returns the experts of a layer; empty where it has an MLP. */
  public Optional<Experts> expertsOf(int layer) {
    return experts.isPresent() && experts.get().layers().get(layer) ? experts : Optional.empty();
  }
}
