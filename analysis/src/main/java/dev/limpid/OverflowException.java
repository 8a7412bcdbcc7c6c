package dev.limpid;

import dev.limpid.model.NonFiniteStateException;

/** Thrown where a model's numbers overflow on a prompt, so that there is nothing to show. */
public final class OverflowException extends QuestionException {
  private static final long serialVersionUID = 1L;

  OverflowException(NonFiniteStateException cause) {
    this(String.valueOf(cause.getMessage()), cause);
  }

  OverflowException(String message, ArithmeticException cause) {
    super(message, cause);
  }
}
