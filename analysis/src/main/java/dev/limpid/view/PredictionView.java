package dev.limpid.view;

import dev.limpid.attribution.logits.LensReading;
import dev.limpid.attribution.logits.Prediction;
import dev.limpid.json.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A token as a prediction.
 *
 * @param text as people read it; null without a tokenizer
 * @param rank 1 for the most probable
 */
public record PredictionView(
    int id,
    @Nullable String text,
    @Decimals(Decimals.LOGIT) double logit,
    double probability,
    int rank) {

  /** Returns a prediction with the token's text. */
  public static PredictionView of(Prediction p, TokenNames names) {
    return new PredictionView(p.id(), names.text(p.id()), p.logit(), p.probability(), p.rank());
  }

  /** Returns all predictions of a reading, in its order. */
  public static List<PredictionView> of(LensReading reading, TokenNames names) {
    return reading.top().stream().map(p -> of(p, names)).toList();
  }
}
