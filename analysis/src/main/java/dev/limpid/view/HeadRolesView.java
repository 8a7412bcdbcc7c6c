package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.attribution.heads.HeadRole;
import dev.limpid.attribution.heads.HeadRoles;
import dev.limpid.attribution.heads.HeadScores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid heads --roles}.
 *
 * @param tokens of the prompt that was given; left out where none was
 */
@JsonTypeName("limpid/head-roles/1")
public record HeadRolesView(
    ModelView model,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<TokenView> tokens,
    List<Head> heads)
    implements Document {

  /** Returns the document of all heads of a model. */
  public static HeadRolesView of(
      ModelView model, @Nullable List<TokenView> tokens, HeadRoles roles) {
    return new HeadRolesView(model, tokens, roles.heads().stream().map(Head::of).toList());
  }

  /**
   * The scores of one head.
   *
   * @param copying null, as the two that follow, where the vocabulary has too few names
   * @param roles those whose score passes its threshold
   */
  public record Head(
      int layer,
      int head,
      double previousToken,
      double induction,
      double duplicateToken,
      double firstToken,
      @Nullable Double copying,
      @Nullable Double answerAttention,
      @Nullable Double otherAttention,
      List<String> roles) {

    private static Head of(HeadScores head) {
      return new Head(
          head.layer(),
          head.head(),
          head.previousToken(),
          head.induction(),
          head.duplicateToken(),
          head.firstToken(),
          head.copying(),
          head.answerAttention(),
          head.otherAttention(),
          head.roles().stream().map(HeadRole::toString).toList());
    }
  }
}
