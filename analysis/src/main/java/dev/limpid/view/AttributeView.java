package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.json.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid attribute}.
 *
 * @param tokens of the prompt
 * @param source tokens of the prompt it is compared with; null without one
 * @param position whose logits are read
 * @param distractor null for the answer alone
 * @param metric the number that is attributed
 * @param by token or component
 * @param patterns recomputed, or frozen
 * @param ablation what comes in a component's place; only of attribution patching
 * @param alpha the share of attention that goes to patterns; only of relevance
 * @param steps points of the path; null without one
 * @param value the number
 * @param baseline the number where the path to the embeddings begins; null without one
 * @param scores of tokens, [T]; of none by attribution patching
 * @param headOut of heads, [L][H][T], summed over keys; by component
 * @param mlpOut of MLPs, [L][T]; by component
 * @param largest the terms and MLPs of largest score, largest first; by component
 * @param sum of the scores of tokens
 * @param difference value - baseline; null without a baseline
 * @param error sum - difference; null without a baseline
 */
@JsonTypeName("limpid/attribute/1")
public record AttributeView(
    ModelView model,
    List<TokenView> tokens,
    @Nullable List<TokenView> source,
    int position,
    PredictionView answer,
    @Nullable PredictionView distractor,
    String metric,
    String method,
    String by,
    String patterns,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String ablation,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double alpha,
    @Nullable Integer steps,
    @Decimals(Decimals.LOGIT) double value,
    @Decimals(Decimals.LOGIT) @Nullable Double baseline,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Double> scores,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<List<List<Double>>> headOut,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<List<Double>> mlpOut,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Part> largest,
    @Decimals(Decimals.LOGIT) @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double sum,
    @Decimals(Decimals.LOGIT) @Nullable Double difference,
    @Decimals(Decimals.LOGIT) @Nullable Double error)
    implements Document {

  /**
   * One term of attention, or an MLP at a position.
   *
   * @param head null for an MLP
   * @param position that it writes to
   * @param key that it reads; null for an MLP
   */
  public record Part(
      int layer,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer head,
      int position,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer key,
      double score) {}
}
