package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Adapters on the command line: both ways to name one, and beside their base. */
class AdapterOptionTest {
  private static final Path GOLDENS = TestData.folder().resolve("goldens");
  private static final String ADAPTER = GOLDENS.resolve("lora/llama-patterns").toString();
  private static final String BASE = GOLDENS.resolve("llama-gqa-head-dim").toString();

  @TempDir private Path home;

  private LimpidRun.World world() {
    return new LimpidRun.World(home).with("LIMPID_MODELS", home.resolve("models"));
  }

  private LimpidRun run(String... words) {
    return world().run(words);
  }

  private JsonNode json(String... words) {
    LimpidRun run = run(words);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    return JsonMapper.shared().readTree(run.out());
  }

  @Test
  void bothWaysAreTheSameModel() {
    JsonNode one = json("explain", "--model", ADAPTER, "--tokens", "1,5,9", "--json");
    JsonNode two =
        json("explain", "--model", BASE, "--adapter", ADAPTER, "--tokens", "1,5,9", "--json");
    assertThat(one.path("predictions")).isEqualTo(two.path("predictions"));
    assertThat(one.path("model").path("sha256")).isEqualTo(two.path("model").path("sha256"));
    assertThat(one.path("model").path("name").asString()).isEqualTo("llama-patterns");
    assertThat(two.path("model").path("name").asString())
        .isEqualTo("llama-gqa-head-dim+llama-patterns");
    JsonNode base = json("explain", "--model", BASE, "--tokens", "1,5,9", "--json");
    assertThat(base.path("predictions")).isNotEqualTo(one.path("predictions"));
    assertThat(base.path("model").path("sha256")).isNotEqualTo(one.path("model").path("sha256"));
  }

  @Test
  void theBaseMayBeANameOfAModel() throws IOException {
    Path models = Files.createDirectories(home.resolve("models/org"));
    copy(Path.of(BASE), models.resolve("mine"));
    copy(Path.of(ADAPTER), models.resolve("adapter"));
    Path config = models.resolve("adapter/adapter_config.json");
    Files.writeString(
        config, Files.readString(config).replace("../../llama-gqa-head-dim", "org/mine"));
    assertThat(run("models", "list").out()).contains("org/adapter", "org/mine");
    assertThat((Object) json("lens", "--model", "org/adapter", "--tokens", "1,5,9", "--json"))
        .isNotNull();
    Files.writeString(config, Files.readString(config).replace("org/mine", "org/none"));
    LimpidRun missing = run("lens", "--model", "org/adapter", "--tokens", "1,5,9");
    assertThat(missing.code()).isEqualTo(ExitCode.FAILED);
    assertThat(missing.err())
        .contains("the base of this adapter, model 'org/none': not found")
        .contains("--model BASE --adapter");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name :
        List.of(
            "config.json",
            "model.safetensors",
            "adapter_config.json",
            "adapter_model.safetensors")) {
      if (Files.exists(from.resolve(name))) {
        Files.copy(from.resolve(name), to.resolve(name));
      }
    }
  }

  @Test
  void infoShowsBoth() {
    assertThat(run("models", "info", ADAPTER).out())
        .contains("base        " + Path.of(BASE))
        .contains("adapter     LoRA of rank 3, alpha 6, on 14 modules, ");
  }

  @Test
  void aModelThatIsNoAdapterHasNoBase() {
    LimpidRun run = run("explain", "--model", BASE, "--compare", "--tokens", "1,5,9");
    assertThat(run.code()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err())
        .contains("--compare: give --adapter DIR, or a --model that is an adapter");
  }

  @Test
  void aFolderWithoutAnAdapterIsNamed() {
    LimpidRun run = run("explain", "--model", BASE, "--adapter", BASE, "--tokens", "1,5,9");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("no adapter here: it has no adapter_config.json");
  }

  @Test
  void comparedItShowsBothSides() throws IOException {
    String[] words = {"explain", "--model", ADAPTER, "--compare", "--tokens", "1,5,9,7"};
    LimpidRun text = run(words);
    assertThat(text.code()).as(text.err()).isEqualTo(ExitCode.DONE);
    assertThat(text.out())
        .startsWith("llama-patterns beside llama-gqa-head-dim, after #7 (position 3)\n")
        .contains("nats from the base's", "Route of the base", "Route of the adapted model");
    JsonNode compared =
        json("explain", "--model", ADAPTER, "--compare", "--tokens", "1,5,9,7", "--json");
    JsonNode base = json("explain", "--model", BASE, "--tokens", "1,5,9,7", "--json");
    JsonNode adapted = json("explain", "--model", ADAPTER, "--tokens", "1,5,9,7", "--json");
    for (JsonNode p : compared.path("predictions")) {
      for (JsonNode own : base.path("predictions")) {
        if (own.path("id").equals(p.path("id"))) {
          assertThat(p.path("base").path("logit")).isEqualTo(own.path("logit"));
        }
      }
      for (JsonNode own : adapted.path("predictions")) {
        if (own.path("id").equals(p.path("id"))) {
          assertThat(p.path("adapted").path("logit")).isEqualTo(own.path("logit"));
        }
      }
    }
    Path page = home.resolve("page.html");
    LimpidRun html =
        run(
            "explain",
            "--model",
            ADAPTER,
            "--compare",
            "--tokens",
            "1,5,9,7",
            "--html",
            page.toString());
    assertThat(html.code()).as(html.err()).isEqualTo(ExitCode.DONE);
    assertThat(Files.readString(page))
        .contains("Route of the adapted model", "<svg", "base_sha256");
  }
}
