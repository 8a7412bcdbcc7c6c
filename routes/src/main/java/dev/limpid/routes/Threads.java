package dev.limpid.routes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Work on threads of its own: the common pool is everybody's, and in a server somebody else's.
 * Starting a few threads takes less than a millisecond, and what runs here takes many.
 */
final class Threads {
  private Threads() {}

  /**
   * Returns what a function gives for 0 (inclusive) to {@code count} (exclusive), in order. What it
   * throws is thrown here.
   */
  static <T> List<T> map(int threads, int count, IntFunction<T> function) {
    List<T> results = new ArrayList<>(count);
    if (threads == 1 || count <= 1) {
      for (int i = 0; i < count; i++) {
        results.add(function.apply(i));
      }
      return results;
    }
    try (ExecutorService pool = Executors.newFixedThreadPool(Math.min(threads, count))) {
      List<Future<T>> futures = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        int item = i;
        futures.add(pool.submit(() -> function.apply(item)));
      }
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.util.concurrent.CancellationException("interrupted");
    }
  }
}
