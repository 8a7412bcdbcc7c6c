package dev.limpid.explorer.process;

/** Ends a command with exit code 2: the command line makes no sense, whatever the files say. */
public final class UsageFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Takes what is wrong; where to find help is added. */
  public UsageFailure(String message) {
    super(message);
  }
}
