package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * One token of a prompt.
 *
 * @param position from 0, BOS included
 * @param text as people read it; null without a tokenizer
 * @param piece as the vocabulary stores it; null without a tokenizer
 * @param role who says it, in a conversation; missing for the marks around what is said
 */
public record TokenView(
    int position,
    int id,
    @Nullable String text,
    @Nullable String piece,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String role) {

  /** Creates the view of a token that belongs to no conversation. */
  public TokenView(int position, int id, @Nullable String text, @Nullable String piece) {
    this(position, id, text, piece, null);
  }

  /** Returns the same as a part of what somebody says. */
  public TokenView withRole(@Nullable String other) {
    return new TokenView(position, id, text, piece, other);
  }
}
