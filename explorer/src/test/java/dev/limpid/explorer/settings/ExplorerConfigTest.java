package dev.limpid.explorer.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplorerConfigTest {
  @TempDir private Path folder;
  private final List<String> warnings = new ArrayList<>();

  private ExplorerConfig read(String json) throws IOException {
    return ExplorerConfig.read(
        Files.writeString(folder.resolve("config.json"), json), warnings::add);
  }

  @Test
  void readsAConfigurationOfTheTransparencyTool() throws IOException {
    ExplorerConfig config =
        read(
            """
            {
              "max_user_string_length": 100,
              "preloaded_dataset_filename": "sample_input.txt",
              "debug": true,
              "demo_mode": false,
              "allow_loading_dataset_files": true,
              "models": {"": "", "facebook/opt-125m": "/models/opt", "gpt2": ""},
              "default_model": "facebook/opt-125m"
            }
            """);
    assertThat(config)
        .isEqualTo(
            new ExplorerConfig(
                Optional.of(100),
                Optional.of(Path.of("sample_input.txt")),
                true,
                false,
                true,
                Map.of(
                    "", Optional.empty(),
                    "facebook/opt-125m", Optional.of(Path.of("/models/opt")),
                    "gpt2", Optional.empty()),
                Optional.of("facebook/opt-125m")));
    assertThat(config.models().keySet()).containsExactly("", "facebook/opt-125m", "gpt2");
    assertThat(config.modelFolders())
        .isEqualTo(Map.of("facebook/opt-125m", Path.of("/models/opt")));
    assertThat(warnings).isEmpty();
  }

  @Test
  void whatIsLeftOutHasADefault() throws IOException {
    assertThat(read("{}")).isEqualTo(ExplorerConfig.defaults());
    assertThat(read("{\"max_user_string_length\": null, \"default_model\": \"\"}"))
        .isEqualTo(ExplorerConfig.defaults());
  }

  @Test
  void unknownKeysAreAWarning() throws IOException {
    assertThat(read("{\"zeta\": 1, \"alpha\": 2}")).isEqualTo(ExplorerConfig.defaults());
    assertThat(warnings).singleElement().asString().endsWith("not known: alpha, zeta");
  }

  @Test
  void errorsNameFileAndKey() {
    assertThatThrownBy(() -> read("{\"debug\": 1}"))
        .hasMessageEndingWith("config.json: debug: is to be true or false, is 1");
    assertThatThrownBy(() -> read("{\"models\": {\"a\": 3}}")).hasMessageContaining("models.a");
    assertThatThrownBy(() -> read("[]")).hasMessageContaining("not a JSON object");
    assertThatThrownBy(() -> read("{\n\"debug\": tru}")).hasMessageContaining("(line 2)");
  }
}
