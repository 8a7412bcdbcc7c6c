package dev.limpid.explorer.process;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Stops a command as soon as its results can no longer be written.
 *
 * <p>A {@link java.io.PrintStream} swallows every {@link IOException}; here it passes as an
 * unchecked exception, so that {@code limpid ... | head} ends at once and a full disk is noticed.
 */
public final class ResultStream extends OutputStream {
  /** Results can no longer be written. */
  public static final class Closed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String reason;

    Closed(IOException cause) {
      super(cause);
      this.reason = String.valueOf(cause.getMessage());
    }

    /** Returns whether the reader simply went away, as {@code head} does. */
    boolean isBrokenPipe() {
      return reason.contains("Broken pipe") || reason.contains("pipe is being closed");
    }

    String reason() {
      return reason;
    }
  }

  private final OutputStream target;

  /** Creates the stream in front of another. */
  public ResultStream(OutputStream target) {
    this.target = target;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) {
    try {
      target.write(bytes, from, count);
    } catch (IOException e) {
      throw new Closed(e);
    }
  }

  @Override
  public void flush() {
    try {
      target.flush();
    } catch (IOException e) {
      throw new Closed(e);
    }
  }
}
