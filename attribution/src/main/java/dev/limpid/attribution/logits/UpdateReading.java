package dev.limpid.attribution.logits;

import java.util.List;

/**
 * What an update does to the prediction.
 *
 * @param promoted the tokens it raises most, most first
 * @param suppressed the tokens it lowers most, most first
 */
public record UpdateReading(List<TokenLogit> promoted, List<TokenLogit> suppressed) {

  /** Copies the lists. */
  public UpdateReading {
    promoted = List.copyOf(promoted);
    suppressed = List.copyOf(suppressed);
  }
}
