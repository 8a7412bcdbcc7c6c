package dev.limpid.explorer.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.limpid.explorer.output.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid explain}.
 *
 * @param note what a plain route explains, and what it does not
 * @param position whose last state is explained
 * @param predictions what the model predicts there, most probable first
 * @param answer the token asked about, if one was
 * @param distractor the token it is compared with, if one was given
 * @param sources every token of the route with its flow, largest first
 * @param attention the strongest attention edges, by the flow through them
 * @param contrast where the logit of the answer, or its difference to the distractor's, came from
 */
public record ExplainView(
    ModelView model,
    List<TokenView> tokens,
    String note,
    int position,
    double threshold,
    String mode,
    List<PredictionView> predictions,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PredictionView answer,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PredictionView distractor,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Decimals(Decimals.LOGIT)
        @Nullable Double logitDifference,
    int nodes,
    int edges,
    List<Source> sources,
    Lost lostFlow,
    List<Attention> attention,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ContrastView contrast) {

  /** A token and the share of the explained state that came from it. */
  public record Source(int position, @Nullable String text, double flow) {}

  /** Flow that arrives at no token. */
  public record Lost(double stopped, double belowThreshold, double bias) {}

  /**
   * An attention edge of the route.
   *
   * @param flow the share of the explained state that came through this edge
   * @param heads the heads that carry it, largest first
   */
  public record Attention(
      int layer, int query, int key, double weight, double flow, List<Head> heads) {}

  /** A head's share of the edge's weight. */
  public record Head(int head, double contribution) {}
}
