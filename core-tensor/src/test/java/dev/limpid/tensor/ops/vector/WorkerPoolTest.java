package dev.limpid.tensor.ops.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class WorkerPoolTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void runsEveryItemOnce(int threads) {
    WorkerPool pool = new WorkerPool(threads);
    for (int items : new int[] {0, 1, 2, 13, 207, 5000}) {
      AtomicIntegerArray runs = new AtomicIntegerArray(items);
      pool.run(items, (item, scratch) -> runs.incrementAndGet(item));
      assertThat(IntStream.range(0, items).map(runs::get)).allMatch(n -> n == 1);
    }
  }

  @Test
  void wakesWorkersThatHaveParked() throws InterruptedException {
    WorkerPool pool = new WorkerPool(2);
    for (int round = 0; round < 3; round++) {
      // Each of the two items waits for the other: one thread alone would never end.
      CountDownLatch both = new CountDownLatch(2);
      pool.run(
          2,
          (item, scratch) -> {
            both.countDown();
            await(both);
          });
      Thread.sleep(20); // much longer than a worker spins
    }
  }

  @Test
  void passesOnWhatAnItemThrows() {
    WorkerPool pool = new WorkerPool(3);
    for (int bad : new int[] {0, 1, 50, 99}) {
      assertThatThrownBy(() ->
              pool.run(
                  100,
                  (item, scratch) -> {
                    if (item == bad) {
                      throw new IllegalStateException("item " + item);
                    }
                  }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("item " + bad);
    }
    runsEveryItemOnce(3);
  }

  @Test
  void runsJobsWithinJobs() {
    WorkerPool pool = new WorkerPool(2);
    AtomicIntegerArray runs = new AtomicIntegerArray(9);
    pool.run(3, (outer, s) -> pool.run(3, (inner, s2) -> runs.incrementAndGet(outer * 3 + inner)));
    assertThat(IntStream.range(0, 9).map(runs::get)).allMatch(n -> n == 1);
  }

  @Test
  void servesSeveralCallersAtOnce() throws InterruptedException, ExecutionException {
    WorkerPool pool = new WorkerPool(2);
    try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
      Future<?>[] futures = new Future<?>[4];
      for (int caller = 0; caller < futures.length; caller++) {
        futures[caller] =
            callers.submit(() -> {
              for (int round = 0; round < 500; round++) {
                int[] runs = new int[17];
                pool.run(runs.length, (item, scratch) -> runs[item]++);
                assertThat(Arrays.stream(runs)).allMatch(n -> n == 1);
              }
            });
      }
      for (Future<?> future : futures) {
        future.get();
      }
    }
  }

  @Test
  void buffersOfIdleCallersGiveWay() throws InterruptedException, ExecutionException {
    WorkerPool pool = new WorkerPool(2);
    // Together they would need more than there is.
    int callers = 9;
    int size = Math.toIntExact(Runtime.getRuntime().maxMemory() / 8 / Float.BYTES);
    List<ExecutorService> threads = new ArrayList<>();
    try {
      for (int caller = 0; caller < callers; caller++) {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        threads.add(thread); // stays alive, as those of a server do
        int length =
            thread.submit(() -> pool.scratch().floats(Scratch.Use.TERMS, size).length).get();
        assertThat(length).isEqualTo(size);
      }
    } finally {
      threads.forEach(ExecutorService::close);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
