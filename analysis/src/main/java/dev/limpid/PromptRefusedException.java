package dev.limpid;

/**
 * Thrown for a prompt that a model cannot take: empty, too long, of ids or words it cannot read.
 */
public final class PromptRefusedException extends QuestionException {
  private static final long serialVersionUID = 1L;

  PromptRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
