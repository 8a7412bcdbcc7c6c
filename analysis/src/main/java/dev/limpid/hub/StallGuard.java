package dev.limpid.hub;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closes a stream when nothing has come for a while; a read that waits for it then fails.
 *
 * <p>The JDK's HTTP client has a limit for the answer to begin, none for it to go on.
 */
final class StallGuard implements AutoCloseable {
  private final AtomicLong lastSign = new AtomicLong(System.nanoTime());
  private final AtomicBoolean stalled = new AtomicBoolean();
  private final Thread watch;

  StallGuard(Closeable stream, Duration patience) {
    watch = Thread.ofVirtual().start(() -> watch(stream, patience.toNanos()));
  }

  private void watch(Closeable stream, long patience) {
    try {
      long left = patience;
      while (left > 0) {
        Thread.sleep(Duration.ofNanos(left)); // no stall can be earlier
        left = patience - (System.nanoTime() - lastSign.get());
      }
      stalled.set(true);
      stream.close();
    } catch (InterruptedException | IOException e) {
      // Interrupted: all is well. Not closed: the read goes on waiting, as it would without us.
    }
  }

  /** Something has come. */
  void alive() {
    lastSign.set(System.nanoTime());
  }

  /** Returns whether the stream was closed since nothing came. */
  boolean hasStalled() {
    return stalled.get();
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
