package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A server whose model is busy with somebody else's text. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BusyServerTest {
  private static String body(int number) {
    return "{\"text\":\"The keys near the dog %s\"}".formatted("a ".repeat(number));
  }

  private static void awaitWaiting(RunningServer server, int waiting) throws Exception {
    while (server.queue().path("waiting").asInt() < waiting) {
      Thread.sleep(10);
    }
  }

  @Test
  void statusAndReadingAreAnsweredAndTheSeventeenthIsToldToComeBack(@TempDir Path home)
      throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    try (RunningServer server = new RunningServer(home);
        ExecutorService people = Executors.newCachedThreadPool()) {
      String trace = server.trace(RunningServer.PROMPT);
      server.keepBusy(enough);
      List<Future<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 1; i <= 15; i++) {
        String body = body(i);
        answers.add(people.submit(() -> server.post("/api/traces", body)));
        awaitWaiting(server, i);
      }
      JsonNode queue = server.queue();
      assertThat(queue.path("capacity").asInt()).isEqualTo(16);
      assertThat(queue.path("running").asInt()).isEqualTo(1);
      HttpResponse<String> refused = server.post("/api/traces", body(16));
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
      assertThat(refused.body()).contains("\"code\":\"busy\"");
      assertThat(server.queue().path("refused").asInt()).isEqualTo(1);
      assertThat(server.get(trace + "/heads?layer=1").statusCode()).isEqualTo(200);

      enough.countDown();
      for (Future<HttpResponse<String>> answer : answers) {
        assertThat(answer.get().statusCode()).isEqualTo(200);
      }
    } finally {
      enough.countDown();
    }
  }

  @Test
  void aStreamTellsItsPlaceAndThatItIsAliveEachSilentSecond(@TempDir Path home) throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    try (RunningServer server = new RunningServer(home);
        ExecutorService people = Executors.newCachedThreadPool()) {
      server.keepBusy(enough);
      Future<HttpResponse<String>> answer =
          people.submit(() -> server.post("/api/traces", body(1), "Accept", "text/event-stream"));
      awaitWaiting(server, 1);
      Thread.sleep(2500);
      enough.countDown();
      String stream = answer.get().body();
      assertThat(stream).startsWith("event: queued\ndata: {\"position\":1}\n\n:");
      assertThat(stream.lines().filter(line -> line.startsWith(":")).count()).isBetween(2L, 3L);
    } finally {
      enough.countDown();
    }
  }

  @Test
  void statusSaysWhatThereIsAndWhatIsTaken(@TempDir Path home) throws Exception {
    try (RunningServer server = new RunningServer(home)) {
      String trace = server.trace(RunningServer.PROMPT);
      JsonNode status = RunningServer.json(server.get("/api/status").body());
      assertThat(status.propertyNames())
          .containsExactly(
              "version", "default_model", "models", "backends", "limits", "queue", "cache", "demo");
      assertThat(status.path("default_model").asString()).isEqualTo("demo-gpt2");
      assertThat(status.path("models").path(0).toString())
          .startsWith(
              "{\"name\":\"demo-gpt2\",\"family\":\"gpt2\",\"n_layers\":4,\"n_heads\":8,"
                  + "\"d_model\":128,\"context\":128,\"loaded\":true,\"examples\":[\"When Mary");
      assertThat(status.path("backends").valueStream().map(JsonNode::asString))
          .startsWith("vector")
          .contains("reference");
      assertThat(status.path("limits").toString())
          .isEqualTo(
              "{\"max_tokens\":2048,\"max_characters\":20000,\"max_body_bytes\":262144,"
                  + "\"max_top\":100,\"max_edges\":20000,\"finest_threshold\":0.005,"
                  + "\"max_prompts\":1000,\"max_changes\":64}");
      assertThat(status.path("queue").propertyNames())
          .containsExactly("capacity", "running", "waiting", "done", "cancelled", "refused");
      JsonNode cache = status.path("cache");
      assertThat(cache.path("limit_bytes").asLong())
          .isEqualTo(Runtime.getRuntime().maxMemory() / 4);
      assertThat(cache.path("bytes").asLong()).isPositive();
      assertThat(cache.path("traces").asInt()).isEqualTo(1);
      assertThat(status.path("demo").asBoolean()).isFalse();
      assertThat(server.get("/api/sentences").body())
          .isEqualTo("{\"sentences\":[\"one\",\"two\"]}\n");
      assertThat(server.get(trace).statusCode()).isEqualTo(200);
    }
  }
}
