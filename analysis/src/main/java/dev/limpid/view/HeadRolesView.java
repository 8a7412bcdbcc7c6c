package dev.limpid.view;

import dev.limpid.attribution.heads.HeadRole;
import dev.limpid.attribution.heads.HeadRoles;
import dev.limpid.attribution.heads.HeadScores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document of {@code limpid heads --roles}. */
public record HeadRolesView(List<Head> heads) {

  /** Returns the document of all heads of a model. */
  public static HeadRolesView of(HeadRoles roles) {
    return new HeadRolesView(roles.heads().stream().map(Head::of).toList());
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
