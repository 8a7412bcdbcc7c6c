package dev.limpid.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.Transformer;
import dev.limpid.model.load.ModelLoader;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many threads may share a model: they compute what one thread does, and leave nothing behind. */
@Timeout(120)
class SharedModelTest {
  private static final int THREADS = 32;

  /** After the first, which leaves what is there to stay. */
  private static final int ROUNDS = 2;

  /** In bytes; the buffers of the threads of these rounds are more than twice as much. */
  private static final long SLACK = 8L << 20;

  static List<Path> models() {
    return TestData.demoModels();
  }

  @ParameterizedTest
  @MethodSource("models")
  void thirtyTwoPromptsAtOnceAreThoseOneAfterAnother(Path folder) throws Exception {
    Transformer model = ModelLoader.open(folder, Backends.open("vector"));
    List<List<Integer>> prompts =
        IntStream.range(0, THREADS).mapToObj(i -> Fingerprint.prompt(model, length(i), i)).toList();
    List<String> expected = prompts.stream().map(p -> Fingerprint.of(model, p)).toList();
    assertThat(new HashSet<>(expected)).as("different prompts").hasSize(THREADS);

    assertThat(atOnce(model, prompts)).isEqualTo(expected);
    long afterOnce = heapInUse();
    for (int round = 0; round < ROUNDS; round++) {
      assertThat(atOnce(model, prompts)).isEqualTo(expected);
    }
    assertThat(heapInUse()).as("bytes in use").isLessThan(afterOnce + SLACK);
  }

  /** Lengths from 1 to 64, short ones more often. */
  private static int length(int i) {
    return 1 + i * i * 63 / ((THREADS - 1) * (THREADS - 1));
  }

  private static List<String> atOnce(Transformer model, List<List<Integer>> prompts)
      throws InterruptedException, ExecutionException {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<String> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<String>> futures = new ArrayList<>();
      for (List<Integer> prompt : prompts) {
        futures.add(
            threads.submit(() -> {
              start.await();
              return Fingerprint.of(model, prompt);
            }));
      }
      for (Future<String> future : futures) {
        results.add(future.get());
      }
    }
    return results;
  }

  private static long heapInUse() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
