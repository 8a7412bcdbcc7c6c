package dev.limpid;

/**
 * Thrown for runs that cannot be compared: of different lengths, by a number that is always 0, or
 * with another run that is not given.
 */
public final class ComparisonException extends QuestionException {
  private static final long serialVersionUID = 1L;

  ComparisonException(String message) {
    super(message);
  }
}
