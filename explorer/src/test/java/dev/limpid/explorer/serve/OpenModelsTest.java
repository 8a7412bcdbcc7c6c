package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A few models are open at a time, those that were asked last. */
class OpenModelsTest {
  private static String run(RunningServer server, String model, String backend) throws Exception {
    String body =
        "{\"text\":\"The keys\",\"model\":\"%s\",\"backend\":\"%s\"}".formatted(model, backend);
    return RunningServer.json(server.post("/api/traces", body).body()).path("id").asString();
  }

  private static List<String> loaded(RunningServer server) throws Exception {
    JsonNode models = RunningServer.json(server.get("/api/status").body()).path("models");
    return StreamSupport.stream(models.spliterator(), false)
        .filter(model -> model.path("loaded").asBoolean())
        .map(model -> model.path("name").asString())
        .toList();
  }

  @Test
  void theOneThatWasNotAskedForLongestIsClosedAndItsTracesGoWithIt(@TempDir Path home)
      throws Exception {
    try (RunningServer server = new RunningServer(home)) {
      String first = run(server, "demo-gpt2", "vector");
      run(server, "demo-opt", "vector");
      String kept = run(server, "demo-llama", "vector");
      assertThat(loaded(server)).containsExactly("demo-gpt2", "demo-llama", "demo-opt");

      run(server, "demo-llama", "reference");

      assertThat(loaded(server)).containsExactly("demo-llama", "demo-opt");
      assertThat(server.get("/api/traces/" + first).statusCode()).isEqualTo(404);
      assertThat(server.get("/api/traces/" + kept).statusCode()).isEqualTo(200);
      // Made again, it is the same.
      assertThat(run(server, "demo-gpt2", "vector")).isEqualTo(first);
    }
  }
}
