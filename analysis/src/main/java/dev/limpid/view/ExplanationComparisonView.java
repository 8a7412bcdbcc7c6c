package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.json.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid explain --compare}: one prompt through a base and an adapted model,
 * with routes at the same threshold.
 *
 * @param model the adapted model
 * @param base the model without the adapter
 * @param note what a plain route explains, and what it does not
 * @param position whose last states are compared
 * @param threshold of both routes
 * @param divergence how far the adapted model's prediction is from the base's, in nats
 * @param predictions the most probable tokens of either, those of the adapted model first
 * @param answer the token asked about, if one was
 * @param distractor the token it is compared with, if one was given
 * @param logitDifference of answer and distractor
 * @param routes how large the two routes are
 * @param sources every token of a route with its flow, that with the largest change first
 * @param attention the attention edges of either route, that with the largest change first
 * @param states how far the states of the position are apart after each layer: the length of the
 *     difference in those of the base's state
 */
@JsonTypeName("limpid/explanation-comparison/1")
public record ExplanationComparisonView(
    ModelView model,
    ModelView base,
    List<TokenView> tokens,
    String note,
    int position,
    double threshold,
    String mode,
    double divergence,
    List<Prediction> predictions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Prediction answer,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Prediction distractor,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Logits logitDifference,
    Routes routes,
    List<Source> sources,
    List<Attention> attention,
    List<Double> states)
    implements Document {

  /** A token as both models predict it. */
  public record Prediction(int id, @Nullable String text, Side base, Side adapted) {}

  /** A token as one model predicts it. */
  public record Side(@Decimals(Decimals.LOGIT) double logit, double probability, int rank) {

    /** Returns what a prediction says of its token. */
    public static Side of(PredictionView prediction) {
      return new Side(prediction.logit(), prediction.probability(), prediction.rank());
    }
  }

  /** A logit, or a difference of two, of both models. */
  public record Logits(
      @Decimals(Decimals.LOGIT) double base, @Decimals(Decimals.LOGIT) double adapted) {}

  /** The sizes of both routes. */
  public record Routes(Size base, Size adapted) {}

  /** The size of a route. */
  public record Size(int nodes, int edges) {}

  /** A token and the share of the explained state that came from it. */
  public record Source(int position, @Nullable String text, double base, double adapted) {
    /** Returns by how much the share differs. */
    public double change() {
      return adapted - base;
    }
  }

  /**
   * An attention edge with the share of the explained state that came through it; 0 where it is not
   * on a route.
   *
   * @param heads the heads that carry it in the model where it carries more, largest first
   */
  public record Attention(
      int layer, int query, int key, double base, double adapted, List<Integer> heads) {
    /** Returns by how much the share differs. */
    public double change() {
      return adapted - base;
    }
  }
}
