package dev.limpid;

/** Thrown for a text that is not one token of a model. */
public final class NoSuchTokenException extends QuestionException {
  private static final long serialVersionUID = 1L;

  NoSuchTokenException(String message) {
    super(message);
  }
}
