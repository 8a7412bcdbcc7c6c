package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorCommandTest {
  @TempDir private Path home;

  @Test
  void saysWhatThereIs() {
    LimpidRun run = new LimpidRun.World(home).run("doctor");
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("jdk       25", "backend   vector: available", "-bit vectors (default)")
        .contains("backend   reference: available")
        .containsPattern("backend   opencl: (available|not available): \\S");
  }

  @Test
  void theDocumentIsTheSameFromRunToRun() throws Exception {
    Path model = Files.createDirectories(home.resolve("cache/models/mine"));
    Files.writeString(model.resolve("config.json"), "{}");
    LimpidRun run = new LimpidRun.World(home).run("doctor", "--json");
    assertThat(run).isEqualTo(new LimpidRun.World(home).run("doctor", "--json"));
    JsonNode document = JsonMapper.shared().readTree(run.out());
    assertThat(document.path("jdk").path("version").asString()).startsWith("25");
    assertThat(document.path("machine").path("cores").asInt()).isPositive();
    assertThat(document.path("backends").findValuesAsString("name"))
        .contains("reference", "vector");
    assertThat(document.path("models").findValuesAsString("name")).contains("mine");
    assertThat(document.path("default_model").asString()).isEqualTo("demo-gpt2");
  }
}
