package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every answer says besides what it holds. */
class HeadersTest {
  @Test
  void everyAnswerForbidsWhatComesFromElsewhere(@TempDir Path home) throws Exception {
    try (RunningServer server = new RunningServer(home)) {
      String trace = server.trace(RunningServer.PROMPT);
      for (String path :
          List.of("/", "/index.html", "/page.js", "/api/status", trace, trace + "/sizes", "/no")) {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.headers().allValues("Content-Security-Policy"))
            .as(path)
            .containsExactly(
                "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri"
                    + " 'none'; frame-ancestors 'none'; form-action 'none'");
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
        assertThat(answer.headers().allValues("Referrer-Policy")).containsExactly("no-referrer");
        assertThat(answer.headers().allValues("Cache-Control")).as(path).hasSize(1);
        assertThat(answer.headers().map().keySet().toString().toLowerCase(java.util.Locale.ROOT))
            .as(path)
            .doesNotContain("server]", "server,", "access-control", "x-powered-by");
      }
    }
  }

  /** Times stand in a header, so that the same question has the same bytes for an answer. */
  @Test
  void timesAreInAHeader(@TempDir Path home) throws Exception {
    try (RunningServer server = new RunningServer(home)) {
      String path = server.trace(RunningServer.PROMPT) + "/heads?layer=2";
      HttpResponse<String> answer = server.get(path);

      assertThat(answer.headers().firstValue("Server-Timing").orElseThrow())
          .matches("answer;dur=\\d+");
      assertThat(server.get(path).body()).isEqualTo(answer.body());
    }
  }

  /** A model that is given by folder goes by the folder's name. */
  @Test
  void noAnswerSaysWhereAModelLies(@TempDir Path home, @TempDir Path secret) throws Exception {
    Path folder = Files.createDirectory(secret.resolve("mine"));
    Path demo = dev.limpid.testdata.TestData.folder().resolve("models/demo-opt");
    for (String name :
        List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")) {
      Files.copy(demo.resolve(name), folder.resolve(name));
    }
    try (RunningServer server = new RunningServer(home, 0, folder.toString())) {
      String trace = server.trace("The keys near the dog");
      for (String path :
          List.of(
              trace,
              trace + "/routes",
              trace + "/export?format=html",
              trace + "/export?format=java",
              "/api/status",
              "/api/models",
              "/api/models/mine",
              "/api/models/mine/token?text=a")) {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        assertThat(answer.body()).as(path).doesNotContain(secret.toString());
      }
      assertThat(server.get(trace).body()).contains("\"model\":{\"name\":\"mine\"");
      assertThat(server.post("/api/traces", "{\"text\":\"a\",\"model\":\"%s\"}".formatted(folder)))
          .satisfies(refused -> assertThat(refused.statusCode()).isEqualTo(404))
          .satisfies(refused -> assertThat(refused.body()).contains("unknown_model"));
    }
  }
}
