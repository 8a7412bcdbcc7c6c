package dev.limpid.explorer.process;

/** The exit codes of {@code limpid}. */
public final class ExitCode {
  /** A command did what it was asked to. */
  public static final int DONE = 0;

  /** A command failed; one line on stderr says why. */
  public static final int FAILED = 1;

  /** The command line makes no sense. */
  public static final int USAGE = 2;

  private ExitCode() {}
}
