package dev.limpid.explorer.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document of {@code limpid heads --roles}. */
public record HeadRolesView(List<Head> heads) {
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
      List<String> roles) {}
}
