package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What cannot be answered is refused, with a status, a code, and one sentence. */
class RefusalsTest {
  private static RunningServer server;
  private static String trace;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    server = new RunningServer(home);
    trace = server.trace(RunningServer.PROMPT);
  }

  @AfterAll
  static void stop() {
    assertThat(server.failures()).isEmpty();
    server.close();
  }

  private static void assertRefused(int status, String code, int found, String body) {
    assertThat(found).as(body).isEqualTo(status);
    JsonNode error = RunningServer.json(body).path("error");
    assertThat(error.path("code").asString()).isEqualTo(code);
    assertThat(error.path("message").asString())
        .hasSizeBetween(11, 299)
        .matches("[^\\n\\r]+[.!?]")
        .doesNotContain("java.", "dev.limpid", "Exception");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/heads",
        "/heads?layer=",
        "/heads?layer=4",
        "/heads?layer=-1",
        "/heads?layer=1.0",
        "/heads?layer=+1",
        "/heads?layer=1e0",
        "/heads?layer=01",
        "/heads?layer=1&layer=1",
        "/heads?layer=1&nope=1",
        "/heads?layer=1&key=15",
        "/heads?layer=1&position=3&key=4",
        "/heads?layer=99999999999",
        "/heads?layer=1&",
        "/heads?layer=%FF",
        "/routes?threshold=NaN",
        "/routes?threshold=0",
        "/routes?threshold=0.0049",
        "/routes?threshold=1",
        "/routes?threshold=1e-2",
        "/routes?threshold=Infinity",
        "/routes?threshold=-0.1",
        "/routes?mode=RAW",
        "/routes?max_edges=0",
        "/routes?max_edges=20001",
        "/routes?by=relevance",
        "/routes?answer=%20Mary",
        "/routes?by=relevance&answer=%20Mary&mode=raw",
        "/routes?by=relevance&answer=Mary",
        "/routes?by=relevance&answer=%20Mary&distractor=%20Mary",
        "/lens?positions=7-3",
        "/lens?positions=3,,4",
        "/lens?positions=15",
        "/lens?top=101",
        "/lens?states=resid",
        "/lens?states=resid_mid,resid_mid",
        "/lens?rank_of=%239999",
        "/maps?layer=0&head=8",
        "/maps?layer=0&head=0&rows=2-1",
        "/update?layer=0",
        "/update?component=head&layer=0",
        "/update?component=mlp&layer=0&head=1",
        "/update?component=neuron&layer=0&neuron=512",
        "/update?component=mlp&layer=0&key=1",
        "/parts?node=X0_1",
        "/parts?node=M0_1",
        "/parts?node=A4_1",
        "/parts?node=A0_15",
        "/parts",
        "/contrast",
        "/export",
        "/export?format=pdf",
        "/faithfulness?ablation=patch",
        "/faithfulness?draws=0",
        "/faithfulness?by=relevance",
        "/faithfulness?by=relevance&answer=%20Mary&mode=raw"
      })
  void parametersThatMakeNoSense(String question) throws Exception {
    HttpResponse<String> response = server.get(trace + question);

    assertRefused(400, "bad_parameter", response.statusCode(), response.body());
  }

  /** By its number alone a neuron would be another one at each position. */
  @Test
  void neuronsOfExpertsHaveNoNumbersThatAllPositionsShare(@TempDir Path home) throws Exception {
    String mixture = TestData.folder().resolve("goldens/mixtral").toString();
    try (RunningServer experts = new RunningServer(home, 0, mixture)) {
      HttpResponse<String> made = experts.post("/api/traces", "{\"tokens\":[1,2,3]}");
      String path = "/api/traces/" + RunningServer.json(made.body()).path("id").asString();

      HttpResponse<String> neuron =
          experts.get(path + "/update?component=neuron&layer=0&neuron=0&position=1");

      assertRefused(400, "bad_parameter", neuron.statusCode(), neuron.body());
      assertThat(neuron.body()).contains("layer 0 has experts");
      HttpResponse<String> block = experts.get(path + "/update?component=mlp&layer=0&position=1");
      assertThat(block.statusCode()).as(block.body()).isEqualTo(200);
      assertThat(experts.failures()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "400 | bad_body | {",
        "400 | bad_body | []",
        "400 | bad_body | {}",
        "400 | bad_body | {\"text\":\"a\"} {}",
        "400 | bad_body | {\"text\":\"a\",\"text\":\"a\"}",
        "400 | bad_body | {\"text\":\"a\",\"nope\":1}",
        "400 | bad_body | {\"text\":1}",
        "400 | bad_body | {\"text\":null}",
        "400 | bad_body | {\"text\":\"a\",\"tokens\":[1]}",
        "400 | bad_body | {\"tokens\":[1.5]}",
        "400 | bad_body | {\"tokens\":[\"1\"]}",
        "400 | bad_body | {\"tokens\":[99999]}",
        "400 | bad_body | {\"tokens\":[-1]}",
        "400 | bad_body | {\"tokens\":[]}",
        "400 | bad_body | {\"tokens\":[1],\"bos\":true}",
        "400 | bad_body | {\"text\":\"a\",\"bos\":1}",
        "400 | bad_body | {\"text\":\"a\",\"bias\":\"none\"}",
        "400 | bad_body | {\"text\":\"a\",\"backend\":\"gpu\"}",
        "400 | bad_body | {\"text\":NaN}",
        "400 | bad_body | {\"text\":\"\\ud800\"}",
        "404 | unknown_model | {\"text\":\"a\",\"model\":\"../demo-gpt2\"}",
        "404 | unknown_model | {\"text\":\"a\",\"model\":\"/etc\"}"
      })
  void bodiesThatMakeNoSense(int status, String code, String body) throws Exception {
    HttpResponse<String> response = server.post("/api/traces", body);

    assertRefused(status, code, response.statusCode(), response.body());
  }

  @Test
  void bodiesThatAreTooMuch() throws Exception {
    HttpResponse<String> deep = server.post("/api/traces", "[".repeat(100_000));
    assertRefused(400, "bad_body", deep.statusCode(), deep.body());
    HttpResponse<String> tokens =
        server.post("/api/traces", "{\"text\":\"" + "a ".repeat(1000) + "\"}");
    assertRefused(400, "too_long", tokens.statusCode(), tokens.body());
    HttpResponse<String> characters =
        server.post("/api/traces", "{\"text\":\"" + "a".repeat(20_001) + "\"}");
    assertRefused(400, "too_long", characters.statusCode(), characters.body());
    HttpResponse<String> bytes =
        server.post("/api/traces", "{\"text\":\"" + "a".repeat(262_144) + "\"}");
    assertRefused(413, "too_large", bytes.statusCode(), bytes.body());
  }

  @Test
  void bytesThatAreNoUtf8() throws IOException {
    for (String bytes : List.of("\u00ff", "\u00c3(", "\u00ed\u00a0\u0080", "\u00c0\u0080")) {
      String body = "{\"text\":\"a" + bytes + "\"}"; // sent as Latin-1, a byte a character
      assertRawRefused(
          400,
          "bad_body",
          server.raw(
              "POST /api/traces HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                      .formatted(server.port())
                  + "Connection: close\r\nContent-Length: %d\r\n\r\n%s"
                      .formatted(body.length(), body)));
    }
  }

  @Test
  void numbersThatDoNotEnd() throws Exception {
    for (String number :
        List.of("1".repeat(100_000), "0." + "1".repeat(100_000), "1e400", "-1e400")) {
      HttpResponse<String> response =
          server.post("/api/generate", "{\"text\":\"a\",\"temperature\":%s}".formatted(number));
      assertRefused(400, "bad_body", response.statusCode(), response.body());
      HttpResponse<String> ids = server.post("/api/traces", "{\"tokens\":[%s]}".formatted(number));
      assertRefused(400, "bad_body", ids.statusCode(), ids.body());
    }
    HttpResponse<String> parameter = server.get(trace + "/heads?layer=" + "1".repeat(2000));
    assertRefused(400, "bad_parameter", parameter.statusCode(), parameter.body());
  }

  @Test
  void slashesInNamesOfModelsLeadNowhere() throws Exception {
    for (String name :
        List.of("org%2Fname", "%2Fetc%2Fpasswd", "demo-gpt2%2F..%2Fdemo-gpt2", "demo-gpt2%2F")) {
      for (String path : List.of("/api/models/" + name, "/api/models/" + name + "/roles")) {
        String answer = server.raw(head(path, "Host: 127.0.0.1:" + server.port()));
        assertRawRefused(404, "unknown_model", answer);
      }
    }
  }

  @Test
  void changesThatMakeNoSense() throws Exception {
    for (String body :
        List.of(
            "{}",
            "{\"interventions\":[]}",
            "{\"interventions\":[{\"site\":\"nowhere\",\"layer\":0,\"do\":\"zero\"}]}",
            "{\"interventions\":[{\"site\":\"mlp_out\",\"layer\":9,\"do\":\"zero\"}]}",
            "{\"interventions\":[{\"site\":\"mlp_out\",\"layer\":0,\"do\":\"patch\"}]}",
            "{\"interventions\":[{\"site\":\"mlp_out\",\"layer\":0,\"do\":\"zero\"}],\"source\":\"a\","
                + "\"answer\":\"nope\"}")) {
      HttpResponse<String> response = server.post(trace + "/changes", body);
      assertThat(response.statusCode()).as(body + response.body()).isEqualTo(400);
      assertRefused(
          400,
          RunningServer.json(response.body()).path("error").path("code").asString(),
          response.statusCode(),
          response.body());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/nowhere, not_found",
    "/api, not_found",
    "/api/, not_found",
    "/api/status/, not_found",
    "/api/traces/0000000000000000, unknown_trace",
    "/api/traces/x/heads?layer=0, unknown_trace",
    "/api/models/nope, unknown_model",
    "/api/models/..%2Fdemo-gpt2, not_found",
    "/page/index.html, not_found",
    "/assets/, not_found"
  })
  void whatIsNotThere(String path, String code) throws Exception {
    HttpResponse<String> response = server.get(path);

    assertRefused(404, code, response.statusCode(), response.body());
  }

  @Test
  void otherMethodsAndMediaTypes() throws Exception {
    for (String method : List.of("PUT", "DELETE", "PATCH", "OPTIONS", "POST")) {
      HttpResponse<String> response = server.send(method, "/api/status");
      assertRefused(405, "wrong_method", response.statusCode(), response.body());
    }
    assertThat(server.send("HEAD", "/api/status").statusCode()).isEqualTo(405);
    HttpResponse<String> text = server.send("POST", "/api/traces");
    assertRefused(415, "not_json", text.statusCode(), text.body());
  }

  private static String head(String target, String... headers) {
    return "GET "
        + target
        + " HTTP/1.1\r\n"
        + String.join("\r\n", headers)
        + "\r\nConnection: close\r\n\r\n";
  }

  private static void assertRawRefused(int status, String code, String answer) {
    assertThat(answer).startsWith("HTTP/1.1 " + status);
    assertRefused(
        status,
        code,
        Integer.parseInt(answer.substring(9, 12)),
        answer.substring(answer.indexOf("\r\n\r\n") + 4));
    assertThat(answer).contains("Content-Security-Policy: default-src 'self';");
    assertThat(answer).doesNotContain("Server:", "Access-Control");
  }

  @Test
  void foreignHosts() throws IOException {
    for (String host :
        List.of(
            "Host: evil.example",
            "Host: evil.example:" + server.port(),
            "Host: 127.0.0.1",
            "Host: localhost:1",
            "Host: ",
            "Host: 127.0.0.1.evil:" + server.port())) {
      assertRawRefused(403, "foreign_host", server.raw(head("/api/status", host)));
      assertRawRefused(403, "foreign_host", server.raw(head("/", host)));
    }
    for (String host : List.of("localhost", "LOCALHOST", "127.0.0.1", "[::1]")) {
      assertThat(server.raw(head("/", "Host: " + host + ":" + server.port())))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void foreignOrigins() throws IOException {
    String host = "Host: 127.0.0.1:" + server.port();
    for (String origin :
        List.of(
            "null",
            "http://evil.example",
            "https://127.0.0.1:" + server.port(),
            "http://127.0.0.1",
            "http://127.0.0.1:1",
            "http://localhost.evil:" + server.port(),
            "")) {
      assertRawRefused(
          403, "foreign_origin", server.raw(head("/api/status", host, "Origin: " + origin)));
    }
    assertThat(server.raw(head("/api/status", host, "Origin: http://localhost:" + server.port())))
        .startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../pom.xml",
        "/%2e%2e/pom.xml",
        "/..;/",
        "/;a",
        "//",
        "//etc/passwd",
        "/.",
        "/./",
        "/a\\b",
        "/%5c",
        "/%00",
        "/%2f",
        "/index.html%00",
        "/index.html/",
        "/index.html/..",
        "/dev/limpid/explorer/Main.class",
        "/META-INF/MANIFEST.MF",
        "/assets",
        "/page",
        "http://127.0.0.1/",
        "http://evil.example/index.html",
        "*",
        "index.html",
        "/%zz",
        "/api/traces/..%2f..",
        "/api/./status",
        "/api//status"
      })
  void pathsThatLeadElsewhere(String target) throws IOException {
    String answer = server.raw(head(target, "Host: 127.0.0.1:" + server.port()));

    assertThat(answer).matches("(?s)HTTP/1.1 40[04] .*");
    assertThat(answer).contains("{\"error\":{\"code\":\"");
  }

  @Test
  void halfABodyAndThenNothing() throws IOException {
    String head =
        "POST /api/traces HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
            .formatted(server.port());
    try (Socket socket = server.connect()) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write((head + "Content-Length: 50\r\n\r\n{\"text\":").getBytes(StandardCharsets.UTF_8));
      out.flush();
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"bad_body\"");
    }
  }

  @Test
  void aHalfClosedConnectionGetsItsAnswer() throws IOException {
    try (Socket socket = server.connect()) {
      socket.setSoTimeout(20_000);
      socket
          .getOutputStream()
          .write(
              ("GET /api/status HTTP/1.1\r\nHost: 127.0.0.1:" + server.port() + "\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void slowSendersKeepNobodyWaiting() throws Exception {
    List<Socket> slow = new java.util.ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = server.connect();
        slow.add(socket);
        socket
            .getOutputStream()
            .write(
                ("POST /api/traces HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type:"
                        + " application/json\r\nContent-Length: 30\r\n\r\n{")
                    .formatted(server.port())
                    .getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
      }
      assertThat(server.get("/api/status").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  @Test
  void percentSignsWithoutDigits() throws IOException {
    assertRawRefused(
        400,
        "bad_parameter",
        server.raw(head(trace + "/heads?layer=%31%", "Host: 127.0.0.1:" + server.port())));
  }

  @Test
  void headersThatAreNone() throws IOException {
    assertThat(server.raw("HELLO\r\n\r\n")).contains("{\"error\":{\"code\":\"");
    assertThat(
            server.raw(head("/", "Host: 127.0.0.1:" + server.port(), "X: " + "a".repeat(20_000))))
        .startsWith("HTTP/1.1 4");
  }
}
