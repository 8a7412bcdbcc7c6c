package dev.limpid.model.config;

import dev.limpid.tensor.ops.Activation;

/**
 * The MLP blocks.
 *
 * @param dMlp F, neurons
 * @param gated whether a neuron is act(gate) * up, or act(up) alone
 * @param bias whether its linear maps have a bias
 */
public record Mlp(int dMlp, boolean gated, Activation activation, boolean bias) {

  /** Returns an MLP whose neurons are act(gate) * up, without biases. */
  public static Mlp gated(int dMlp, Activation activation) {
    return new Mlp(dMlp, true, activation, false);
  }

  /** Returns an MLP whose neurons are act(up), without biases. */
  public static Mlp plain(int dMlp, Activation activation) {
    return new Mlp(dMlp, false, activation, false);
  }

  /** Returns the same with or without biases. */
  public Mlp withBias(boolean biased) {
    return new Mlp(dMlp, gated, activation, biased);
  }
}
