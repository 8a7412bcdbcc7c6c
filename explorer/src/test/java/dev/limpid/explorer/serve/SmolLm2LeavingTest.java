package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** People who hang up on long texts of a real model: their work ends, and what it held is free. */
@Tag("accuracy")
class SmolLm2LeavingTest {
  private static final int PEOPLE = 24;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

  /** Some 1,500 tokens that nobody else asks about. */
  private static String body(int person) {
    String sentence =
        "Marie Curie was born in Warsaw and moved to Paris, where she studied physics and won two"
            + " prizes. ";
    return "{\"text\":\"%d. %s\"}".formatted(person, sentence.repeat(71));
  }

  private static Socket ask(RunningServer server, int person) throws IOException {
    String body = body(person);
    Socket socket = server.connect();
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST /api/traces HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/event-stream\r\n"
                    .formatted(server.port())
                + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(body.length(), body))
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
    return socket;
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void allThatHangUpAreForgottenAndNothingIsKeptOfThem(@TempDir Path home) throws Exception {
    String model = System.getProperty("limpid.smollm2");
    try (RunningServer server = new RunningServer(home, 0, model)) {
      assertThat(server.post("/api/traces", "{\"text\":\"The\"}").statusCode()).isEqualTo(200);
      long before = used();
      JsonNode then = server.queue();
      List<Socket> people = new ArrayList<>();
      List<String> statuses = new ArrayList<>();
      for (int i = 0; i < PEOPLE; i++) {
        Socket socket = ask(server, i);
        socket.setSoLinger(true, 0); // hangs up, rather than to say goodbye
        byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        statuses.add(new String(status, StandardCharsets.US_ASCII));
        people.add(socket);
      }
      assertThat(statuses).contains("HTTP/1.1 200", "HTTP/1.1 429").hasSize(PEOPLE);
      assertThat(statuses).allMatch(s -> s.endsWith("200") || s.endsWith("429"));
      int taken = (int) statuses.stream().filter(s -> s.endsWith("200")).count();
      assertThat(taken).isGreaterThanOrEqualTo(8);
      for (Socket socket : people) {
        socket.close();
      }

      long start = System.nanoTime();
      JsonNode queue = server.queue();
      while (queue.path("running").asInt() + queue.path("waiting").asInt() > 0
          && System.nanoTime() - start < PATIENCE) {
        Thread.sleep(100);
        queue = server.queue();
      }
      assertThat(queue.path("running").asInt()).isZero();
      assertThat(queue.path("waiting").asInt()).isZero();
      long ended =
          queue.path("cancelled").asLong()
              - then.path("cancelled").asLong()
              + queue.path("done").asLong()
              - then.path("done").asLong();
      assertThat(ended).as("requests that ended").isEqualTo(taken);
      assertThat(queue.path("cancelled").asLong()).isGreaterThan(then.path("cancelled").asLong());
      System.out.printf(
          "%d hung up; all work had ended after %.1f s%n",
          taken, (System.nanoTime() - start) / 1e9);
      assertThat(used() - before).as("bytes more than before").isLessThan(300L << 20);
      assertThat(server.post("/api/traces", "{\"text\":\"The end\"}").statusCode()).isEqualTo(200);
      assertThat(server.failures()).isEmpty();
    }
  }
}
