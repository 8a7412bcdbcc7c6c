package dev.limpid.routes;

import java.util.Locale;

/** What is compared with the threshold, and what becomes of the parts above it. */
public enum ThresholdMode {
  /**
   * Every part (the residual, each head's term for each key, the MLP) is compared on its own; the
   * survivors of a node are divided by their sum, then summed over heads. The default of LM-TT.
   */
  RENORMALISED,
  /**
   * Connections are compared, summed over heads: the residual of a position together with its
   * attention to itself, both kept or both dropped. Weights are the contributions themselves.
   */
  RAW;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
