package dev.limpid.routes;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Work shared with threads of its own: the common pool is everybody's, and in a server somebody
 * else's. Starting a thread takes less than a tenth of a millisecond.
 */
final class Threads {
  private Threads() {}

  /**
   * Returns what a function gives for 0 (inclusive) to {@code count} (exclusive), in order. What it
   * throws is thrown here.
   *
   * @param threads how many take part, the calling one included
   */
  @SuppressWarnings("unchecked") // every element of the array is a T
  static <T> List<T> map(int threads, int count, IntFunction<T> function) {
    @Nullable Object[] results = new @Nullable Object[count];
    AtomicInteger next = new AtomicInteger();
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    Runnable pull =
        () -> {
          try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              results[i] = function.apply(i);
            }
          } catch (RuntimeException | Error e) {
            next.set(count);
            failure.compareAndSet(null, e);
          }
        };
    Thread[] helpers = new Thread[Math.clamp(Math.min(threads, count) - 1, 0, count)];
    Arrays.setAll(helpers, i -> Thread.ofPlatform().daemon().name("limpid-routes").start(pull));
    pull.run();
    join(helpers);
    switch (failure.get()) {
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> {}
    }
    return (List<T>) List.of(results);
  }

  private static void join(Thread[] helpers) {
    try {
      for (Thread helper : helpers) {
        helper.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while routes were extracted");
    }
  }
}
