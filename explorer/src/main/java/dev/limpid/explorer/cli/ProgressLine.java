package dev.limpid.explorer.cli;

import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that shows how far something is; nothing where nobody looks. */
final class ProgressLine implements AutoCloseable {
  private static final int BAR = 24;
  private static final long BETWEEN = 100_000_000;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean isShown;
  private final long began = System.nanoTime();
  private long lastShown = began - BETWEEN;
  private long doneBefore = -1;

  ProgressLine(Console console) {
    this.out = console.err();
    this.isShown = console.errIsTerminal();
  }

  /**
   * Shows bytes done of a total.
   *
   * @param total -1 where it is not known
   */
  void show(String what, long done, long total) {
    long now = System.nanoTime();
    if (doneBefore < 0) {
      doneBefore = done;
    }
    if (isShown && (now - lastShown >= BETWEEN || done == total)) {
      lastShown = now;
      out.print(CLEAR + line(what, done, total, (done - doneBefore) / seconds(now)));
      out.flush();
    }
  }

  private double seconds(long now) {
    return Math.max(1e-3, (now - began) / 1e9);
  }

  static String line(String what, long done, long total, double perSecond) {
    if (total <= 0) {
      return "%s  %s".formatted(what, Sizes.binary(done));
    }
    int filled = (int) (BAR * done / total);
    return String.format(
        Locale.ROOT,
        "%s  [%s%s] %3d %%  %s of %s, %s/s",
        what,
        "#".repeat(filled),
        ".".repeat(BAR - filled),
        100 * done / total,
        Sizes.binary(done),
        Sizes.binary(total),
        Sizes.binary((long) Math.max(0, perSecond)));
  }

  /** Clears the line, so that what follows stands alone. */
  @Override
  public void close() {
    if (isShown && lastShown > began - BETWEEN) {
      out.print(CLEAR);
      out.flush();
    }
  }
}
