package dev.limpid.view;

import java.util.List;

/** The document of {@code limpid lens}. */
public record LensView(List<State> states) {
  /**
   * What one state would predict.
   *
   * @param state resid_pre, resid_mid or resid_post
   * @param entropy in nats
   */
  public record State(
      int layer, String state, int position, double entropy, List<PredictionView> top) {}
}
