package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/**
 * A run of a prompt that further questions are asked about: {@code POST /api/traces}.
 *
 * @param id the same for the same text, model and options
 */
@JsonTypeName("limpid/trace/1")
public record TraceView(
    String id, ModelView model, List<TokenView> tokens, List<Prediction> predictions)
    implements Document {

  /**
   * What the model predicts after one position.
   *
   * @param entropy of the distribution, in nats
   */
  public record Prediction(int position, double entropy, List<PredictionView> top) {}
}
