package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Answers as a stream of events. */
class EventsTest {
  private static final String EVENTS = "text/event-stream";
  private static RunningServer server;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    server = new RunningServer(home);
  }

  @AfterAll
  static void stop() {
    assertThat(server.failures()).isEmpty();
    server.close();
  }

  /** Splits a stream into its events; comments are left out. */
  private static List<String[]> events(String stream) {
    assertThat(stream).doesNotContain("\r").endsWith("\n\n");
    List<String[]> events = new ArrayList<>();
    for (String block : stream.split("\n\n", -1)) {
      if (!block.isEmpty() && !block.startsWith(":")) {
        assertThat(block).matches("event: [a-z]+\ndata: [^\n]*");
        events.add(
            new String[] {
              block.substring("event: ".length(), block.indexOf('\n')),
              block.substring(block.indexOf("data: ") + "data: ".length())
            });
      }
    }
    return events;
  }

  @Test
  void aTraceTellsOfItsLayersAndEndsWithThePlainAnswer() throws Exception {
    String body = "{\"text\":\"The capital of France is\",\"model\":\"demo-opt\"}";
    HttpResponse<String> stream = server.post("/api/traces", body, "Accept", EVENTS);

    assertThat(stream.headers().firstValue("Content-Type")).hasValue(EVENTS);
    List<String[]> events = events(stream.body());
    assertThat(events.getFirst()).containsExactly("queued", "{\"position\":0}");
    List<String> phases = new ArrayList<>();
    for (String[] event : events.subList(1, events.size() - 1)) {
      assertThat(event[0]).isEqualTo("progress");
      JsonNode step = RunningServer.json(event[1]);
      phases.add(step.path("phase").asString() + step.path("done") + "/" + step.path("total"));
    }
    assertThat(phases)
        .contains("load4/4")
        .containsSubsequence("forward1/4", "contributions1/4", "forward4/4", "contributions4/4")
        .contains("predictions6/6");
    String plain = server.post("/api/traces", body).body();
    assertThat(events.getLast()).containsExactly("result", plain.strip());

    List<String[]> again = events(server.post("/api/traces", body, "Accept", EVENTS).body());
    assertThat(again.stream().map(event -> event[0])).containsExactly("queued", "result");
    assertThat(again.getLast()[1]).isEqualTo(plain.strip());
  }

  @Test
  void generationSendsItsTokens() throws Exception {
    String body = "{\"text\":\"%s\",\"max_new\":2}".formatted(RunningServer.PROMPT);

    List<String[]> events = events(server.post("/api/generate", body, "Accept", EVENTS).body());

    assertThat(events.stream().filter(e -> e[0].equals("token")).map(e -> e[1]))
        .hasSize(2)
        .first()
        .asString()
        .contains("\"text\":\" Mary\"");
  }

  @Test
  void whatCannotBeAnsweredIsRefusedBeforeAnyStream() throws Exception {
    HttpResponse<String> response = server.post("/api/traces", "{\"text\":5}", "Accept", EVENTS);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
  }

  @Test
  void whatFailsOnTheWayIsTheLastEvent() throws Exception {
    String trace = server.trace(RunningServer.PROMPT);
    List<String[]> events =
        events(
            server
                .post(
                    trace + "/changes",
                    "{\"interventions\":[{\"site\":\"mlp_out\",\"layer\":9,\"do\":\"zero\"}]}",
                    "Accept",
                    EVENTS)
                .body());

    assertThat(events.getFirst()[0]).isEqualTo("queued");
    assertThat(events.getLast()[0]).isEqualTo("failed");
    assertThat(RunningServer.json(events.getLast()[1]).path("error").path("code").asString())
        .isEqualTo("bad_body");
  }

  @Test
  void anOldClientGetsTheStreamToo() throws IOException {
    String body = "{\"text\":\"The keys near the dog\"}";
    String answer =
        server.raw(
            "POST /api/traces HTTP/1.0\r\nHost: 127.0.0.1:%d\r\nAccept: %s\r\nContent-Type:"
                    .formatted(server.port(), EVENTS)
                + " application/json\r\nContent-Length: %d\r\n\r\n%s"
                    .formatted(body.length(), body));

    assertThat(answer).startsWith("HTTP/1.").doesNotContain("chunked");
    assertThat(events(answer.substring(answer.indexOf("\r\n\r\n") + 4)).getLast()[0])
        .isEqualTo("result");
  }

  /** A list of prompts that takes a fast machine, too, longer than the server looks away. */
  private static String manyPrompts(int number) {
    String sentence = "When Mary and John went to the store, ".repeat(6).strip();
    return "{\"prompts\":[%s\"%d\"]}".formatted("\"%s\",".formatted(sentence).repeat(900), number);
  }

  /** Begins a study of prompts that is not a stream. */
  private static Socket request(String body) throws IOException {
    Socket socket = server.connect();
    OutputStream out = socket.getOutputStream();
    out.write(
        "POST /api/prompts HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(server.port(), body.length(), body)
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
    return socket;
  }

  @Test
  void whoLeavesWithoutAStreamEndsTheWorkToo() throws Exception {
    long before = server.queue().path("cancelled").asLong();
    Socket socket = request(manyPrompts(100));
    while (server.queue().path("running").asInt() == 0) {
      Thread.sleep(20);
    }
    socket.close();
    long end = System.nanoTime() + 8_000_000_000L;
    while (server.queue().path("running").asInt() > 0 && System.nanoTime() < end) {
      Thread.sleep(50);
    }
    assertThat(server.queue().path("running").asInt()).isZero();
    assertThat(server.queue().path("cancelled").asLong()).isGreaterThan(before);
  }

  @Test
  void whoClosesHalfOfTheConnectionIsToldSo() throws Exception {
    try (Socket socket = request(manyPrompts(101))) {
      socket.setSoTimeout(20_000);
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer)
          .startsWith("HTTP/1.1 400")
          .contains("\"code\":\"bad_body\"", "keep both halves open");
    }
  }

  @Test
  void aRequestThatFollowsOnTheSameConnectionIsNoLeaving() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    server.keepBusy(enough);
    try (Socket socket = request("{\"prompts\":[\"The capital of France is\"]}")) {
      socket.setSoTimeout(60_000);
      while (server.queue().path("waiting").asInt() == 0) { // has read the first request
        Thread.sleep(20);
      }
      socket.getOutputStream().write("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
      Thread.sleep(2500); // the server looks after its asker once a second
      enough.countDown();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200").contains("Connection: close", "\"prompts\":1");
    }
  }

  @Test
  void clientsThatLeaveAreForgotten() throws Exception {
    long before = server.queue().path("cancelled").asLong();
    for (int i = 0; i < 12; i++) {
      String body = manyPrompts(i);
      Socket socket = server.connect();
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /api/prompts HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: %s\r\nContent-Type:"
                      .formatted(server.port(), EVENTS)
                  + " application/json\r\nContent-Length: %d\r\n\r\n%s"
                      .formatted(body.length(), body))
              .getBytes(StandardCharsets.UTF_8));
      out.flush();
      socket.setSoLinger(true, 0); // hangs up
      assertThat(socket.getInputStream().readNBytes(12))
          .asString(StandardCharsets.US_ASCII)
          .isEqualTo("HTTP/1.1 200");
      socket.close();
    }
    long end = System.nanoTime() + 8_000_000_000L;
    JsonNode queue = server.queue();
    while (queue.path("running").asInt() + queue.path("waiting").asInt() > 0
        && System.nanoTime() < end) {
      Thread.sleep(50);
      queue = server.queue();
    }
    assertThat(queue.path("running").asInt()).isZero();
    assertThat(queue.path("waiting").asInt()).isZero();
    assertThat(queue.path("cancelled").asLong()).isGreaterThan(before);
  }
}
