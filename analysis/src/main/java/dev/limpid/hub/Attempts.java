package dev.limpid.hub;

import java.io.IOException;
import java.time.Duration;

/** Tries again what a network may spoil, with longer and longer pauses. */
final class Attempts {
  /** Something that may fail for a reason that passes. */
  interface Action<T> {
    T run() throws IOException;
  }

  private static final int MOST = 5;

  private final Duration firstPause;
  private int failures;

  Attempts(HubSettings settings) {
    this.firstPause = settings.pause();
  }

  /**
   * Runs an action, up to five times; an answer that would stay the same is not asked for again.
   */
  static <T> T upTo(HubSettings settings, Action<T> action) throws IOException {
    Attempts attempts = new Attempts(settings);
    while (true) {
      try {
        return action.run();
      } catch (HubException e) {
        throw e;
      } catch (IOException e) {
        if (!attempts.pauseAfterFailure()) {
          throw e;
        }
      }
    }
  }

  /** Forgets the failures so far, since something was achieved. */
  void reset() {
    failures = 0;
  }

  /** Waits before the next attempt; returns false where there should be none. */
  boolean pauseAfterFailure() throws IOException {
    failures++;
    if (failures >= MOST) {
      return false;
    }
    try {
      // Twice as long each time: a server in trouble is given time to recover.
      Thread.sleep(firstPause.multipliedBy(1L << (failures - 1)));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
