package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many clients, and many requests: -Pload. */
@Tag("load")
class ServerLoadTest {
  private static final int CLIENTS = 32;
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);
  private static final List<String> TEXTS =
      List.of(
          "When Mary and John went to the store, John gave a drink to",
          "The capital of France is",
          "The keys near the dog",
          "The war lasted from 1732 to 17");
  private static final List<String> QUESTIONS =
      List.of("", "/routes", "/heads?layer=2", "/lens?layer=3", "/sizes", "/logits");

  private static String ask(RunningServer server, int i) throws IOException, InterruptedException {
    return server.trace(TEXTS.get(i % TEXTS.size())) + QUESTIONS.get(i % QUESTIONS.size());
  }

  @Test
  void manyClientsGetTheAnswersOfOneOrAreToldToComeBack(@TempDir Path home) throws Exception {
    try (RunningServer server = new RunningServer(home);
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      Map<String, String> serial = new ConcurrentHashMap<>();
      for (int i = 0; i < TEXTS.size() * QUESTIONS.size(); i++) {
        String path = ask(server, i);
        serial.put(path, server.get(path).body());
      }
      List<String> paths = List.copyOf(serial.keySet());
      AtomicInteger answered = new AtomicInteger();
      AtomicInteger refused = new AtomicInteger();
      long end = System.nanoTime() + MINUTE;
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        int client = c;
        running.add(
            clients.submit(() -> {
              for (int i = client; System.nanoTime() < end; i++) {
                String path = paths.get(i % paths.size());
                HttpResponse<String> response = server.get(path);
                if (response.statusCode() == 429) {
                  assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
                  refused.incrementAndGet();
                  Thread.sleep(20);
                } else {
                  assertThat(response.statusCode()).isEqualTo(200);
                  assertThat(response.body()).isEqualTo(serial.get(path));
                  answered.incrementAndGet();
                }
              }
              return null;
            }));
      }
      for (Future<?> client : running) {
        client.get();
      }
      assertThat(answered.get()).isGreaterThan(CLIENTS);
      assertThat(server.failures()).isEmpty();
      assertThat(server.queue().path("running").asInt()).isZero();
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      assertThat(runtime.totalMemory() - runtime.freeMemory())
          .as("after %s answers and %s refusals", answered, refused)
          .isLessThan(1L << 30);
    }
  }

  @Test
  void tenThousandRequestsLeaveNothingBehind(@TempDir Path home) throws Exception {
    try (RunningServer server = new RunningServer(home)) {
      String trace = server.trace(TEXTS.getFirst());
      requests(server, trace, 500);
      int threads = Thread.getAllStackTraces().size();
      long handles = handles();

      requests(server, trace, 10_000);

      assertThat(Thread.getAllStackTraces().size()).isLessThanOrEqualTo(threads + 4);
      assertThat(handles()).isLessThanOrEqualTo(handles + 4);
      assertThat(server.failures()).isEmpty();
    }
  }

  private static void requests(RunningServer server, String trace, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      String path =
          i % 10 == 0 ? trace + "/heads?layer=1" : i % 10 == 1 ? "/nowhere" : "/api/status";
      assertThat(server.get(path).statusCode()).isEqualTo(i % 10 == 1 ? 404 : 200);
    }
  }

  /** How many files and sockets this process has open; 0 where the system does not tell. */
  private static long handles() throws IOException {
    Path open = Path.of("/proc/self/fd");
    if (!Files.isDirectory(open)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(open)) {
      return all.count();
    }
  }
}
