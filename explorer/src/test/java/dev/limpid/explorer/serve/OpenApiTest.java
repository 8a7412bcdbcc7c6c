package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the interface says of itself is what the running server does. */
class OpenApiTest {
  private static final Map<String, String> VALUES =
      Map.ofEntries(
          Map.entry("layer", "1"),
          Map.entry("head", "1"),
          Map.entry("node", "A1_1"),
          Map.entry("component", "mlp"),
          Map.entry("answer", RunningServer.encoded(" Mary")),
          Map.entry("text", RunningServer.encoded(" Mary")),
          Map.entry("format", "dot"));

  private static RunningServer server;
  private static String trace;
  private static JsonNode paths;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    server = new RunningServer(home);
    trace = server.trace(RunningServer.PROMPT);
    JsonNode document = RunningServer.json(server.get("/api/openapi.json").body());
    assertThat(document.path("openapi").asString()).startsWith("3.1");
    paths = document.path("paths");
  }

  @AfterAll
  static void stop() {
    assertThat(server.failures()).isEmpty();
    server.close();
  }

  private static String filled(String path) {
    return path.replace("/api/traces/{id}", trace).replace("{name}", "demo-opt");
  }

  private static List<String> required(JsonNode operation) {
    List<String> pairs = new ArrayList<>();
    for (JsonNode parameter : operation.path("parameters")) {
      if (parameter.path("in").asString().equals("query")
          && parameter.path("required").asBoolean()) {
        String name = parameter.path("name").asString();
        pairs.add(name + "=" + VALUES.get(name));
      }
    }
    return pairs;
  }

  @Test
  void namesEveryPathOfTheDesign() {
    List<String> ofTrace =
        List.of(
            "",
            "/routes",
            "/heads",
            "/maps",
            "/neurons",
            "/lens",
            "/update",
            "/parts",
            "/sizes",
            "/logits",
            "/contrast",
            "/faithfulness",
            "/changes",
            "/export");
    assertThat(paths.propertyNames())
        .containsAll(ofTrace.stream().map(path -> "/api/traces/{id}" + path).toList())
        .contains(
            "/api/status",
            "/api/traces",
            "/api/models",
            "/api/models/{name}",
            "/api/models/{name}/roles",
            "/api/models/{name}/token",
            "/api/sentences",
            "/api/prompts",
            "/api/generate",
            "/api/openapi.json");
  }

  @Test
  void everyPathAnswersWithItsRequiredParametersAndNotWithoutThem() throws Exception {
    for (String path : paths.propertyNames()) {
      JsonNode get = paths.path(path).path("get");
      if (get.isMissingNode()) {
        continue;
      }
      List<String> required = required(get);
      String query = required.isEmpty() ? "" : "?" + String.join("&", required);
      assertThat(server.get(filled(path) + query).statusCode()).as(path).isEqualTo(200);
      for (String left : required) {
        List<String> others = new ArrayList<>(required);
        others.remove(left);
        assertThat(server.get(filled(path) + "?" + String.join("&", others)).statusCode())
            .as("%s without %s", path, left)
            .isEqualTo(400);
      }
      assertThat(server.get(filled(path) + "?nope=1").statusCode()).as(path).isEqualTo(400);
    }
  }

  @Test
  void boundsOfNumbersAndWordsAreHeld() throws Exception {
    for (String path : paths.propertyNames()) {
      JsonNode get = paths.path(path).path("get");
      for (JsonNode parameter : get.path("parameters")) {
        if (!parameter.path("in").asString().equals("query")) {
          continue;
        }
        String name = parameter.path("name").asString();
        JsonNode schema = parameter.path("schema");
        String bad =
            schema.has("enum")
                ? "nonsense"
                : schema.has("maximum")
                    ? String.valueOf(schema.path("maximum").asInt() + 1)
                    : schema.path("type").asString().equals("string") ? "" : "-1";
        List<String> pairs = new ArrayList<>(required(get));
        pairs.removeIf(pair -> pair.startsWith(name + "="));
        pairs.add(name + "=" + bad);
        assertThat(server.get(filled(path) + "?" + String.join("&", pairs)).statusCode())
            .as("%s %s=%s", path, name, bad)
            .isEqualTo(400);
      }
    }
  }

  @Test
  void keysOfBodiesAreThoseThatAreTaken() throws Exception {
    for (String path : paths.propertyNames()) {
      JsonNode post = paths.path(path).path("post");
      if (post.isMissingNode()) {
        continue;
      }
      JsonNode schema =
          post.path("requestBody").path("content").path("application/json").path("schema");
      String unknown = server.post(filled(path), "{\"nope\":1}").body();
      String known = RunningServer.json(unknown).path("error").path("message").asString();
      assertThat(known).contains(String.join(", ", schema.path("properties").propertyNames()));
    }
  }

  @Test
  void otherMethodsAreRefusedOnEveryPath() throws Exception {
    for (String path : paths.propertyNames()) {
      for (String method : List.of("PUT", "DELETE", "PATCH")) {
        assertThat(server.send(method, filled(path)).statusCode()).as(path).isEqualTo(405);
      }
      if (!paths.path(path).has("post")) {
        assertThat(server.send("POST", filled(path)).statusCode()).as(path).isEqualTo(405);
      }
    }
  }
}
