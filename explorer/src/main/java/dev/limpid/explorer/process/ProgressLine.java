package dev.limpid.explorer.process;

import dev.limpid.explorer.show.Sizes;
import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that shows how far something is; nothing where nobody looks. */
public final class ProgressLine implements AutoCloseable {
  private static final int BAR = 24;
  private static final long BETWEEN = 100_000_000;
  private static final long PATIENCE = 1_000_000_000;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean isShown;
  private final long began;
  private long lastShown;
  private long doneBefore = -1;

  /** Begins now. */
  public ProgressLine(Console console) {
    this(console, System.nanoTime());
  }

  /**
   * Shows something that began before its first step was done.
   *
   * @param began by {@link System#nanoTime}
   */
  ProgressLine(Console console, long began) {
    this.out = console.err();
    this.isShown = console.errIsTerminal();
    this.began = began;
    this.lastShown = began - BETWEEN;
  }

  /**
   * Shows bytes done of a total.
   *
   * @param total -1 where it is not known
   */
  public void show(String what, long done, long total) {
    long now = System.nanoTime();
    if (doneBefore < 0) {
      doneBefore = done;
    }
    if (isDue(now, done == total)) {
      print(now, line(what, done, total, (done - doneBefore) / seconds(now)));
    }
  }

  /** Shows steps done of all, once it takes longer than a second. */
  public void steps(String what, int done, int all) {
    long now = System.nanoTime();
    if (now - began > PATIENCE && isDue(now, done == all)) {
      print(now, "%s  [%s] %d of %d".formatted(what, bar(done, all), done, all));
    }
  }

  /**
   * Shows how much of a file is done, once it takes longer than a second.
   *
   * @param total -1 where it is not known
   */
  public void share(String what, long done, long total) {
    long now = System.nanoTime();
    if (now - began > PATIENCE && isDue(now, false)) {
      print(
          now,
          total <= 0
              ? what
              : "%s  [%s] %3d %%"
                  .formatted(what, bar(done, total), 100 * Math.min(done, total) / total));
    }
  }

  private boolean isDue(long now, boolean isLast) {
    return isShown && (isLast || now - lastShown >= BETWEEN);
  }

  private void print(long now, String line) {
    lastShown = now;
    out.print(CLEAR + line);
    out.flush();
  }

  private double seconds(long now) {
    return Math.max(1e-3, (now - began) / 1e9);
  }

  static String line(String what, long done, long total, double perSecond) {
    if (total <= 0) {
      return "%s  %s".formatted(what, Sizes.binary(done));
    }
    return String.format(
        Locale.ROOT,
        "%s  [%s] %3d %%  %s of %s, %s/s",
        what,
        bar(done, total),
        100 * done / total,
        Sizes.binary(done),
        Sizes.binary(total),
        Sizes.binary((long) Math.max(0, perSecond)));
  }

  private static String bar(long done, long total) {
    int filled = (int) (BAR * Math.min(done, total) / total); // a file may grow while it is read
    return "#".repeat(filled) + ".".repeat(BAR - filled);
  }

  /** Clears whatever line of progress stands there, so that what follows stands alone. */
  static void clear(Console console) {
    if (console.errIsTerminal()) {
      console.err().print(CLEAR);
      console.err().flush();
    }
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
