package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.json.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid patch}: the effect of replacing each of many values, the metric
 * after less the metric before.
 *
 * @param source the tokens of the run that values were patched from; null without one
 * @param position whose prediction is measured
 * @param site what was replaced; left out where a receiver was asked about
 * @param receiver who reads the change; left out of a sweep
 * @param ablation zero, patch or mean
 * @param metric what is measured
 * @param base the metric of the unchanged run
 * @param span the metric of the source less that of the base; null without a source
 * @param axes what effects are nested by
 * @param layers the layers of the first axis
 * @param effects nested by the axes; of attention a list of edges; of a receiver by sender
 * @param passes how often the prompt ran with a change
 */
@JsonTypeName("limpid/patch/1")
public record PatchView(
    ModelView model,
    List<TokenView> tokens,
    @Nullable List<TokenView> source,
    int position,
    PredictionView answer,
    @Nullable PredictionView distractor,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String site,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String receiver,
    String ablation,
    boolean renormalise,
    String metric,
    @Decimals(Decimals.LOGIT) double base,
    @Decimals(Decimals.LOGIT) @Nullable Double span,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> axes,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Integer> layers,
    @Decimals(Decimals.LOGIT) Object effects,
    int passes)
    implements Document {

  /** The effect of one attention edge, written as an array. */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record EdgeEffect(
      int layer, int head, int query, int key, @Decimals(Decimals.LOGIT) double effect) {}

  /**
   * The effects of all senders in front of a receiver.
   *
   * @param headOut [layer][head]
   * @param mlpOut [layer]
   */
  public record SenderEffects(
      @Decimals(Decimals.LOGIT) double embedding,
      @Decimals(Decimals.LOGIT) double[][] headOut,
      @Decimals(Decimals.LOGIT) double[] mlpOut) {}
}
