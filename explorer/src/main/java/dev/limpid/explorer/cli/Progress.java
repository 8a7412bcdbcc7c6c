package dev.limpid.explorer.cli;

import java.util.function.IntConsumer;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A bar on a terminal's stderr for work that takes more than a second; nothing elsewhere. */
final class Progress implements AutoCloseable {
  private static final long PATIENCE = 1_000_000_000;

  private final Console console;
  private final String what;
  private final long began = System.nanoTime();
  private @Nullable ProgressBar bar;

  Progress(Console console, String what) {
    this.console = console;
    this.what = what;
  }

  /** Tells how many steps of how many are done. */
  void at(int done, int all) {
    if (bar == null && console.errIsTerminal() && System.nanoTime() - began > PATIENCE) {
      bar =
          new ProgressBarBuilder()
              .setTaskName(what)
              .setInitialMax(all)
              .setStyle(ProgressBarStyle.ASCII)
              .setConsumer(new ConsoleProgressBarConsumer(console.err(), 79))
              .clearDisplayOnFinish()
              .build();
    }
    if (bar != null) {
      bar.stepTo(done);
    }
  }

  /** Returns what to call after each of a number of steps. */
  IntConsumer steps(int all) {
    return done -> at(done, all);
  }

  /** Clears the bar, so that what follows stands alone. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
