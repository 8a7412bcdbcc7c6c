package dev.limpid.attribution;

import java.util.Locale;

/** What becomes of the biases, which belong to no head and no neuron. */
public enum BiasOption {
  /**
   * The biases of attention are in no part, though the whole contains them; the MLP's part is its
   * whole output. What LM-TT and the method's authors do in effect.
   */
  EXCLUDED,
  /** The biases of a block are a part of their own, so that the parts sum to the whole exactly. */
  SEPARATE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
