package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.attribution.heads.ScorePart;
import dev.limpid.attribution.heads.ScoreSplit;
import dev.limpid.json.Decimals;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid qk}: why a head looks from a position at a key.
 *
 * @param position the query
 * @param versus the key that it is compared with, or null
 * @param score before the softmax; less that of versus
 * @param pattern the attention weight
 * @param distance what the score has by the distance alone
 * @param queryParts what each part of the query adds with all of the key, largest first
 * @param keyParts what each part of the key adds with all of the query, likewise
 * @param pairs the largest pairs
 */
@JsonTypeName("limpid/qk/1")
public record QkView(
    ModelView model,
    List<TokenView> tokens,
    int layer,
    int head,
    int position,
    int key,
    @Nullable Integer versus,
    @Decimals(Decimals.LOGIT) double score,
    double pattern,
    @Decimals(Decimals.LOGIT) double distance,
    List<Part> queryParts,
    List<Part> keyParts,
    List<Pair> pairs)
    implements Document {

  /** What one part of the query, or of the key, adds. */
  public record Part(
      String part,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer layer,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer head,
      @Decimals(Decimals.LOGIT) double score) {}

  /** A part without its score. */
  public record Name(
      String part,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer layer,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer head) {}

  /** What a part of the query and a part of the key add together. */
  public record Pair(Name query, Name key, @Decimals(Decimals.LOGIT) double score) {}

  /**
   * Returns the document of a split.
   *
   * @param versus the key whose split was subtracted, or null
   * @param top how many pairs; 0 for all
   */
  public static QkView of(
      ModelView model,
      List<TokenView> tokens,
      ScoreSplit split,
      @Nullable Integer versus,
      double pattern,
      int top) {
    return new QkView(
        model,
        tokens,
        split.layer(),
        split.head(),
        split.query(),
        split.key(),
        versus,
        split.score(),
        pattern,
        0,
        parts(split, split::ofQuery),
        parts(split, split::ofKey),
        pairs(split, top));
  }

  private static List<Part> parts(ScoreSplit split, IntToDoubleFunction score) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < split.parts().size(); i++) {
      Name name = name(split.parts().get(i));
      parts.add(new Part(name.part, name.layer, name.head, score.applyAsDouble(i)));
    }
    parts.sort(Comparator.comparingDouble(part -> -Math.abs(part.score)));
    return parts;
  }

  /** Returns the largest pairs of a split; 0 for all. */
  public static List<Pair> pairs(ScoreSplit split, int top) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < split.parts().size(); i++) {
      for (int j = 0; j < split.parts().size(); j++) {
        pairs.add(
            new Pair(name(split.parts().get(i)), name(split.parts().get(j)), split.pairs()[i][j]));
      }
    }
    pairs.sort(Comparator.comparingDouble(pair -> -Math.abs(pair.score)));
    return top == 0 ? pairs : List.copyOf(pairs.subList(0, Math.min(top, pairs.size())));
  }

  private static Name name(ScorePart part) {
    return new Name(
        part.kind().toString(),
        part.layer() < 0 ? null : part.layer(),
        part.head() < 0 ? null : part.head());
  }
}
