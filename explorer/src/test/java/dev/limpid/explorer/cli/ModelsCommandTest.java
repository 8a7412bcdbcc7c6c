package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import dev.limpid.testdata.FakeHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ModelsCommandTest {
  @TempDir private Path home;

  @BeforeEach
  void noBundledModels() throws IOException {
    Files.createDirectories(home.resolve("bundled"));
  }

  private LimpidRun.World world() {
    return new LimpidRun.World(home)
        .with("LIMPID_BUNDLED", home.resolve("bundled"))
        .with("LIMPID_MODELS", home.resolve("models"));
  }

  private Path model(String name) throws IOException {
    Path folder = Files.createDirectories(home.resolve("models").resolve(name));
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"opt\"}");
    return folder;
  }

  @Test
  void listsNamesWithTheirOrigin() throws IOException {
    Path one = model("one");
    Path two = model("org/number-two");
    LimpidRun run = world().run("models", "list");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.out())
        .isEqualTo(
            """
            one             from the models folder: %s
            org/number-two  from the models folder: %s
            """
                .formatted(one, two));
    assertThat(run.err()).isEmpty();
    JsonNode document = JsonMapper.shared().readTree(world().run("models", "list", "--json").out());
    assertThat(document.path("models").findValuesAsString("name"))
        .containsExactly("one", "org/number-two");
  }

  @Test
  void anEmptyListSaysHowToChangeThat() {
    LimpidRun run = world().run("models", "list");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(home.resolve("models").toString(), "models pull");
    assertThat(world().run("models", "list", "--json").out())
        .startsWith("{\"schema\":\"limpid/models-list/1\",\"limpid_version\":\"")
        .endsWith("\",\"models\":[]}\n");
  }

  @Test
  void infoDescribesAModel() throws IOException {
    Path folder = model("one");
    LimpidRun run = world().run("models", "info", "one");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.out())
        .contains("family      opt", "folder      " + folder, "weights     cannot be read")
        .contains("layers      12");
    JsonNode document =
        JsonMapper.shared().readTree(world().run("models", "info", "one", "--json").out());
    assertThat(document.path("family").asString()).isEqualTo("opt");
    assertThat(document.path("parameters").isNull()).isTrue();
  }

  @Test
  void infoSaysWhyAFamilyIsNotSupported() throws IOException {
    Path folder = model("one");
    Files.writeString(
        folder.resolve("config.json"), "{\"model_type\": \"bert\", \"num_hidden_layers\": 2}");
    new SafetensorsWriter()
        .add("embeddings.weight", Tensor.zeros(3, 5))
        .write(folder.resolve("model.safetensors"));
    LimpidRun run = world().run("models", "info", "one");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.out())
        .contains("family      bert", "parameters  15", "weights     F32")
        .contains("model_type 'bert' is not supported; supported: gpt2, gpt_bigcode");
    assertThat(world().run("models", "list").out()).startsWith("one ");
  }

  @Test
  void aConfigurationFileNamesModels() throws IOException {
    Path folder = model("one");
    Path config =
        Files.writeString(
            home.resolve("lmtt.json"),
            "{\"models\": {\"my opt\": \"%s\"}, \"colour\": 1}".formatted(folder));
    LimpidRun run = world().run("models", "info", "my opt", "--config", config.toString());
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.err())
        .isEqualTo("limpid: warning: " + config + ": keys that are not known: colour\n");
    assertThat(run.out()).contains("from the configuration file");
  }

  @Test
  void pullBringsAModelThatIsThenFound() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      hub.with("config.json", "{}").with("model.safetensors", "x");
      LimpidRun.World world = world().with("HF_ENDPOINT", hub.address());
      LimpidRun run = world.run("models", "pull", "org/name");
      assertThat(run.err()).isEmpty();
      assertThat(run.code()).isEqualTo(ExitCode.DONE);
      assertThat(run.out())
          .isEqualTo(
              "org/name: 2 files, 3 B, 2 new in %s\n".formatted(home.resolve("models/org/name")));
      assertThat(world.run("models", "pull", "org/name").out()).contains("all there already");
      assertThat(world.run("models", "list").out()).startsWith("org/name ");
    }
  }

  @Test
  void pullShowsProgressOnATerminalOnly() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      hub.with("config.json", "{}").with("model.safetensors", "x".repeat(2048));
      LimpidRun.World world = world().with("HF_ENDPOINT", hub.address()).onTerminal();
      LimpidRun run = world.run("models", "pull", "org/name");
      assertThat(run.err())
          .contains(
              "\u001b[Kmodel.safetensors  [########################] 100 %  2.0 KiB of 2.0 KiB")
          .endsWith("\r\u001b[K");
    }
  }

  @Test
  void pullFailsInOneLine() throws IOException {
    try (FakeHub hub = new FakeHub()) {
      LimpidRun run = world().with("HF_ENDPOINT", hub.address()).run("models", "pull", "org/other");
      assertThat(run.code()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err()).startsWith("limpid: org/other: not found at").hasLineCount(1);
    }
  }
}
