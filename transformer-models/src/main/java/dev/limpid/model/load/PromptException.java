package dev.limpid.model.load;

/** Thrown when a prompt is none for its model: one line that says why, and what to do about it. */
public final class PromptException extends Exception {
  private static final long serialVersionUID = 1L;

  PromptException(String reason) {
    super(reason);
  }
}
