package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work on a few threads: all results in order, failures passed on. */
class ThreadsTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 13})
  void resultsComeInOrder(int threads) {
    for (int count : new int[] {0, 1, 2, 207}) {
      assertThat(Threads.map(threads, count, i -> 3 * i))
          .containsExactlyElementsOf(IntStream.range(0, count).map(i -> 3 * i).boxed().toList());
    }
  }

  @Test
  void asManyThreadsTakePartAsAreAskedFor() {
    CyclicBarrier allAreHere = new CyclicBarrier(3);
    Set<Thread> seen = ConcurrentHashMap.newKeySet();
    Threads.map(
        3,
        3,
        i -> {
          seen.add(Thread.currentThread());
          try {
            return allAreHere.await();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(seen).hasSize(3).contains(Thread.currentThread());
  }

  @Test
  void whatIsThrownIsThrownHere() {
    assertThatThrownBy(() ->
            Threads.map(
                2,
                20,
                i -> {
                  if (i == 7) {
                    throw new IllegalArgumentException("seven");
                  }
                  return i;
                }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("seven");
  }
}
