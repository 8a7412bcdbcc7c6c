package dev.limpid;

/**
 * Thrown for a question that cannot be answered: a prompt that a model cannot take, a position,
 * layer or token that is not there, numbers that overflow. Its message is one line for people:
 * what, where, and what to do about it.
 *
 * <p>A model that is not found or damaged is a {@link java.io.IOException} instead.
 */
public sealed class QuestionException extends Exception
    permits ComparisonException,
        ImpossibleChangeException,
        NoSuchPartException,
        NoSuchTokenException,
        OverflowException,
        PromptRefusedException {
  private static final long serialVersionUID = 1L;

  /** Takes the line. */
  public QuestionException(String message) {
    super(message);
  }

  /** Takes the line and what brought it about. */
  public QuestionException(String message, Throwable cause) {
    super(message, cause);
  }
}
