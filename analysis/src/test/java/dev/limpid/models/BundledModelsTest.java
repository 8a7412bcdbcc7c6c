package dev.limpid.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledModelsTest {
  private static final String RESOURCES = "dev/limpid/models/bundled/";

  @TempDir private Path home;

  private Path jar(String name, String weights) throws IOException {
    Path path = home.resolve(name);
    try (OutputStream out = Files.newOutputStream(path);
        JarOutputStream jar = new JarOutputStream(out)) {
      entry(jar, "dev/limpid/Other.class", "x");
      entry(jar, RESOURCES + "demo/config.json", "{}");
      entry(jar, RESOURCES + "demo/model.safetensors", weights);
      entry(jar, RESOURCES + "README.md", "no model");
    }
    return path;
  }

  private static void entry(JarOutputStream jar, String name, String text) throws IOException {
    jar.putNextEntry(new JarEntry(name));
    jar.write(text.getBytes(StandardCharsets.UTF_8));
    jar.closeEntry();
  }

  private Path cache() {
    return home.resolve("cache");
  }

  @Test
  void modelsOfAJarAreCopiedOnce() throws IOException {
    BundledModels models = BundledModels.in(jar("a.jar", "weights"), cache());
    assertThat(models.names()).containsExactly("demo");
    assertThat(models.folder("demo").orElseThrow()).as("not copied yet").doesNotExist();
    Path folder = models.find("demo").orElseThrow();
    assertThat(folder.resolve("model.safetensors")).hasContent("weights");
    assertThat(folder.getFileName().toString()).matches("demo-[0-9a-f]{16}");
    assertThat(models.find("demo")).contains(folder);
    assertThat(models.find("other")).isEmpty();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void otherContentGetsAnotherFolder() throws IOException {
    Path one = BundledModels.in(jar("a.jar", "weights"), cache()).find("demo").orElseThrow();
    Path two = BundledModels.in(jar("b.jar", "Weights"), cache()).find("demo").orElseThrow();
    assertThat(one).isNotEqualTo(two);
    assertThat(two.resolve("model.safetensors")).hasContent("Weights");
  }

  @Test
  void aCopyThatWasCutShortIsMended() throws IOException {
    BundledModels models = BundledModels.in(jar("a.jar", "weights"), cache());
    Path file = models.find("demo").orElseThrow().resolve("model.safetensors");
    Files.writeString(file, "w");
    models.find("demo");
    assertThat(file).hasContent("weights");
  }

  @Test
  void manyMayCopyAtOnce() throws IOException, InterruptedException, ExecutionException {
    Path jar = jar("a.jar", "weights".repeat(100_000));
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Optional<Path>>> found = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        found.add(threads.submit(() -> BundledModels.in(jar, cache()).find("demo")));
      }
      for (Future<Optional<Path>> each : found) {
        assertThat(each.get().orElseThrow().resolve("model.safetensors")).hasSize(700_000);
      }
    }
  }

  @Test
  void aCacheThatCannotBeWrittenIsExplained() throws IOException {
    Path jar = jar("a.jar", "weights");
    Path file = Files.writeString(home.resolve("file"), "no folder");
    assertThatThrownBy(() -> BundledModels.in(jar, file).find("demo"))
        .hasMessageContaining("LIMPID_CACHE");
  }

  @Test
  void theModelsOfThisBuildAreFoundInPlace() throws IOException {
    BundledModels models = BundledModels.find(Optional.empty(), cache());
    for (String name : models.names()) {
      assertThat(models.find(name).orElseThrow().resolve("config.json")).exists();
    }
    assertThat(cache()).doesNotExist();
  }
}
