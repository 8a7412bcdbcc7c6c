package dev.limpid.attribution.logits;

import java.util.List;

/**
 * What one state would predict.
 *
 * @param entropy of the distribution over the vocabulary, in nats
 * @param top the most probable tokens, most probable first
 */
public record LensReading(double entropy, List<Prediction> top) {

  /** Copies the list. */
  public LensReading {
    top = List.copyOf(top);
  }
}
