package dev.limpid.explorer.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.limpid.explorer.output.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid logits}.
 *
 * @param position whose prediction is explained
 * @param distractor null for the logit of the answer alone
 * @param by head, layer or token
 * @param logit the answer's, less that of the distractor, as the model computes it
 * @param sum of all parts: the logit up to rounding
 * @param parts in the order of the model, by head or layer
 * @param contrast by token
 */
public record LogitsView(
    ModelView model,
    int position,
    PredictionView answer,
    @Nullable PredictionView distractor,
    String by,
    @Decimals(Decimals.LOGIT) double logit,
    @Decimals(Decimals.LOGIT) double sum,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Part> parts,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ContrastView contrast) {

  /**
   * What one part of the model adds to the logit.
   *
   * @param part embedding, head, attention, mlp or biases
   * @param layer of a head, attention or MLP
   * @param head of a head
   */
  public record Part(
      String part,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer layer,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer head,
      @Decimals(Decimals.LOGIT) double logit) {}
}
