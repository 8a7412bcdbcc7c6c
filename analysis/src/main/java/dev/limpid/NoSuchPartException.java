package dev.limpid;

/** Thrown for a position, key or layer that the prompt or the model does not have. */
public final class NoSuchPartException extends QuestionException {
  private static final long serialVersionUID = 1L;

  NoSuchPartException(String message) {
    super(message);
  }
}
