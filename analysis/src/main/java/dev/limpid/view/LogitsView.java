package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.attribution.logits.DirectLogitAttribution;
import dev.limpid.attribution.logits.LayerLogits;
import dev.limpid.json.Decimals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid logits}.
 *
 * @param position whose prediction is explained
 * @param distractor null for the logit of the answer alone
 * @param by head, layer or token
 * @param logit the answer's, less that of the distractor, before any cap
 * @param softCap c, where the model's logits l are c tanh(l / c) in the end; absent without
 * @param sum of all parts: the logit up to rounding
 * @param parts in the order of the model, by head or layer
 * @param contrast by token
 */
@JsonTypeName("limpid/logits/1")
public record LogitsView(
    ModelView model,
    List<TokenView> tokens,
    int position,
    PredictionView answer,
    @Nullable PredictionView distractor,
    String by,
    @Decimals(Decimals.LOGIT) double logit,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double softCap,
    @Decimals(Decimals.LOGIT) double sum,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Part> parts,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable ContrastView contrast)
    implements Document {

  /** What a logit is split among. */
  public enum By {
    /** Embedding, heads, MLPs and biases. */
    HEAD,
    /** Embedding, attention blocks, MLPs and biases. */
    LAYER,
    /** The tokens of the prompt. */
    TOKEN;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Returns the document of a split.
   *
   * @param logit the answer's, less that of the distractor, before any cap
   * @param softCap that cap, or null
   * @param flowed the sum of all amounts that flowed back, or null if the split is not by token
   * @param contrast by token, or null
   */
  public static LogitsView of(
      ModelView model,
      List<TokenView> tokens,
      PredictionView answer,
      @Nullable PredictionView distractor,
      By by,
      DirectLogitAttribution split,
      double logit,
      @Nullable Double softCap,
      @Nullable Double flowed,
      @Nullable ContrastView contrast) {
    return new LogitsView(
        model,
        tokens,
        split.position(),
        answer,
        distractor,
        by.toString(),
        logit,
        softCap,
        flowed == null ? split.sum() : flowed,
        contrast == null ? parts(split, by) : null,
        contrast);
  }

  private static List<Part> parts(DirectLogitAttribution split, By by) {
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("embedding", null, null, split.embedding()));
    for (int l = 0; l < split.layers().size(); l++) {
      LayerLogits layer = split.layers().get(l);
      if (by == By.LAYER) {
        parts.add(new Part("attention", l, null, layer.heads()));
      } else {
        for (int h = 0; h < layer.nHeads(); h++) {
          parts.add(new Part("head", l, h, layer.head(h)));
        }
      }
      parts.add(new Part("mlp", l, null, layer.mlp()));
    }
    parts.add(new Part("biases", null, null, split.biases()));
    return parts;
  }

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
