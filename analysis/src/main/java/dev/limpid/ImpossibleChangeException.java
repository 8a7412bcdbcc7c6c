package dev.limpid;

/** Thrown for an intervention that does not fit the model, the prompt or the runs it takes from. */
public final class ImpossibleChangeException extends QuestionException {
  private static final long serialVersionUID = 1L;

  ImpossibleChangeException(String message) {
    super(message);
  }

  ImpossibleChangeException(IllegalArgumentException cause) {
    super(String.valueOf(cause.getMessage()), cause);
  }
}
