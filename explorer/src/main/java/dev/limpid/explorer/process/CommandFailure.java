package dev.limpid.explorer.process;

/** Ends a command with exit code 1 and one line: where, what, and what to do about it. */
public final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Takes the line, without the leading "limpid: ". */
  public CommandFailure(String message) {
    super(message);
  }

  /** Takes the line and what brought it about, for {@code --debug}. */
  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
