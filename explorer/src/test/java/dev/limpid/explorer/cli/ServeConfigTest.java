package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.JavaCommand;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What each key of the configuration file does to {@code limpid serve}. */
@Tag("long")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServeConfigTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir Path home;

  private Process start(Path config) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            JavaCommand.of(
                JavaCommand.BY_HAND,
                List.of("serve", "--port", "0", "--config", config.toString())));
    builder.environment().put("LIMPID_CACHE", home.resolve("cache").toString());
    builder.environment().put("HF_HOME", home.resolve("hf").toString());
    builder.environment().put("LIMPID_BUNDLED", TestData.folder().resolve("models").toString());
    return builder.redirectError(home.resolve("said").toFile()).start();
  }

  private Path model() throws IOException {
    Path folder = Files.createDirectory(home.resolve("mine"));
    for (String name :
        List.of("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors")) {
      Files.copy(TestData.folder().resolve("models/demo-opt").resolve(name), folder.resolve(name));
    }
    return folder;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyKeyHasItsEffect(boolean isOn) throws Exception {
    Path model = model();
    Path sentences = Files.writeString(home.resolve("mine.txt"), "One a line.\n\nAnother.\n");
    Path config =
        Files.writeString(
            home.resolve("config.json"),
            """
            {"max_user_string_length": 30, "preloaded_dataset_filename": "%s", "debug": %s, "demo_mode": %s,
             "allow_loading_dataset_files": %s, "models": {"mine": "%s"}, "default_model": "mine"}
            """
                .formatted(sentences, isOn, isOn, isOn, model));
    Process process = start(config);
    String address = process.inputReader(StandardCharsets.UTF_8).readLine();
    try (HttpClient client = HttpClient.newHttpClient()) {
      JsonNode status = json(client, address + "api/status");
      assertThat(status.path("default_model").asString()).isEqualTo("mine");
      assertThat(status.path("models").findValuesAsString("name")).contains("mine", "demo-gpt2");
      assertThat(status.path("limits").path("max_characters").asInt()).isEqualTo(30);
      assertThat(status.path("demo").asBoolean()).isEqualTo(isOn);
      assertThat(json(client, address + "api/sentences").toString())
          .isEqualTo("{\"sentences\":[\"One a line.\",\"Another.\"]}");
      assertThat(
              json(client, address + "api/openapi.json")
                  .path("info")
                  .path("x-limpid-own-files")
                  .asBoolean())
          .isEqualTo(isOn);
      assertThat(run(client, address, "This text has thirty-two letters").body())
          .contains("too_long", "32 characters are more than the 30");

      Files.delete(model.resolve("model.safetensors"));
      assertThat(run(client, address, "The keys").statusCode()).isEqualTo(500);
    } finally {
      process.destroy();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    String said = Files.readString(home.resolve("said"));
    assertThat(said).contains("limpid: warning: a request failed: ");
    assertThat(said.contains("\tat dev.limpid.")).as("where, with debug").isEqualTo(isOn);
  }

  private static JsonNode json(HttpClient client, String address) throws Exception {
    return JSON.readTree(
        client
            .send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString())
            .body());
  }

  private static HttpResponse<String> run(HttpClient client, String address, String text)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create(address + "api/traces"))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString("{\"text\":\"%s\"}".formatted(text)))
            .build(),
        BodyHandlers.ofString());
  }
}
