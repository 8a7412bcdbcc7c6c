package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;

/**
 * A run of a prompt that further questions are asked about: {@code POST /api/traces}.
 *
 * @param id the same for the same text, model and options
 * @param stateBetween whether there is a state between attention and MLP of a layer: not where both
 *     read the same one
 */
@JsonTypeName("limpid/trace/1")
public record TraceView(
    String id,
    ModelView model,
    boolean stateBetween,
    List<TokenView> tokens,
    List<Prediction> predictions)
    implements Document {

  /**
   * What the model predicts after one position.
   *
   * @param entropy of the distribution, in nats
   */
  public record Prediction(int position, double entropy, List<PredictionView> top) {}
}
