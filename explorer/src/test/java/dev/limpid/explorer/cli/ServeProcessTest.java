package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.JavaCommand;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.testdata.TestData;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code limpid serve} as a process: how it begins and ends. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServeProcessTest {
  @TempDir Path home;

  private Process start(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of("serve"));
    words.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(JavaCommand.of(JavaCommand.LAUNCHED, words));
    builder.environment().put("LIMPID_CACHE", home.resolve("cache").toString());
    builder.environment().put("HF_HOME", home.resolve("hf").toString());
    builder.environment().put("LIMPID_BUNDLED", TestData.folder().resolve("models").toString());
    return builder.start();
  }

  @Test
  void saysWhereItListensAndEndsWhenItIsTold() throws Exception {
    Process process = start("--port", "0");
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String address = out.readLine();
    assertThat(address).matches("http://127\\.0\\.0\\.1:\\d+/");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest page = HttpRequest.newBuilder(URI.create(address)).build();
      assertThat(client.send(page, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
    long begin = System.nanoTime();
    process.destroy();
    assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(System.nanoTime() - begin).isLessThan(TimeUnit.SECONDS.toNanos(5));

    String port = address.substring(address.lastIndexOf(':') + 1, address.length() - 1);
    Process again = start("--port", port);
    assertThat(again.inputReader(StandardCharsets.UTF_8).readLine()).isEqualTo(address);
    again.destroy();
    assertThat(again.waitFor(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void beginsWithAnAdaptedModel() throws Exception {
    Path goldens = TestData.folder().resolve("goldens");
    String base = goldens.resolve("llama-gqa-head-dim").toString();
    String adapter = goldens.resolve("lora/llama-patterns").toString();
    Process process = start("--port", "0", "--model", base, "--adapter", adapter);
    String address = process.inputReader(StandardCharsets.UTF_8).readLine();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest status = HttpRequest.newBuilder(URI.create(address + "api/status")).build();
      JsonNode json =
          JsonMapper.shared().readTree(client.send(status, BodyHandlers.ofString()).body());
      assertThat(json.path("default_model").asString())
          .isEqualTo("llama-gqa-head-dim+llama-patterns");
      assertThat(json.path("models").findValuesAsString("name"))
          .contains("llama-gqa-head-dim+llama-patterns", "demo-gpt2");
    } finally {
      process.destroy();
      assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    }
    LimpidRun none = new LimpidRun.World(home).run("serve", "--model", base, "--adapter", base);
    assertThat(none.code()).isEqualTo(ExitCode.FAILED);
    assertThat(none.err()).contains("no adapter here").hasLineCount(1);
  }

  @Test
  void aPortInUseIsOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Process process = start("--port", String.valueOf(taken.getLocalPort()));

      assertThat(process.waitFor()).isEqualTo(ExitCode.FAILED);
      assertThat(process.inputReader().lines()).isEmpty();
      List<String> errors = new ArrayList<>();
      process.errorReader().lines().filter(l -> !l.contains("incubator")).forEach(errors::add);
      assertThat(errors)
          .singleElement()
          .asString()
          .isEqualTo(
              "limpid: port %d of 127.0.0.1 is in use; give another by --port, or 0 for any that is free"
                  .formatted(taken.getLocalPort()));
    }
  }

  @Test
  void anotherHostIsWarnedOf() throws Exception {
    Process process = start("--port", "0", "--host", "localhost");
    String address = process.inputReader(StandardCharsets.UTF_8).readLine();
    assertThat(address).matches("http://localhost:\\d+/");
    BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
    String said = errors.readLine();
    while (said != null && !said.startsWith("limpid: ")) {
      said = errors.readLine(); // what Java says of its modules
    }
    assertThat(said)
        .isEqualTo(
            "limpid: warning: whoever reaches localhost can use this server: there is no password");
    process.destroy();
  }

  @Test
  void workThatGoesOnDoesNotKeepIt() throws Exception {
    Process process = start("--port", "0");
    String address = process.inputReader(StandardCharsets.UTF_8).readLine();
    String sentence = "\"%s\",".formatted("When Mary and John went to the store, ".repeat(6));
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest prompts =
        HttpRequest.newBuilder(URI.create(address + "api/prompts"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"prompts\":[%s\"end\"]}".formatted(sentence.repeat(900))))
            .build();
    CompletableFuture<Integer> asked =
        client
            .sendAsync(prompts, BodyHandlers.ofString())
            .handle((answer, gone) -> answer == null ? 0 : answer.statusCode());
    HttpRequest status = HttpRequest.newBuilder(URI.create(address + "api/status")).build();
    while (!client.send(status, BodyHandlers.ofString()).body().contains("\"running\":1")) {
      Thread.sleep(20);
    }
    process.destroy();
    assertThat(process.waitFor(5, TimeUnit.SECONDS)).isTrue();
    assertThat(asked).succeedsWithin(Duration.ofSeconds(5)).isNotEqualTo(200);
    client.shutdownNow();
  }

  @Test
  void wrongUsage() {
    LimpidRun.World world = new LimpidRun.World(home);
    assertThat(world.runLine("serve --port 70000").code()).isEqualTo(ExitCode.USAGE);
    LimpidRun unknown = world.runLine("serve --model nowhere/at-all");
    assertThat(unknown.code()).isEqualTo(ExitCode.FAILED);
    assertThat(unknown.err().lines()).hasSize(1);
  }
}
