package dev.limpid.backend.opencl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.spi.BackendSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs are compiled once for a user, and again where what was stored is damaged. */
class ProgramCacheTest {
  @TempDir private Path folder;

  private void add(StubDriver driver) {
    ProgramCache cache = new ProgramCache(Optional.of(folder.resolve("opencl")));
    TensorOps ops =
        new OpenClBackend(driver::load, cache, () -> TensorCores.Choice.AUTO)
            .open(BackendSettings.DEFAULT);
    Tensor x = ops.zeros(3);
    ops.add(x, x, x);
    ops.add(x, x, x);
    assertThat(x.toFloats()).hasSize(3);
  }

  private List<Path> stored() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("opencl"))) {
      return files.toList();
    }
  }

  @Test
  void whatIsStoredIsNotCompiledAgain() throws IOException {
    StubDriver driver = new StubDriver();
    add(driver);
    add(driver);
    assertThat(driver.compiled()).isEqualTo(1);
    assertThat(stored()).hasSize(1);
  }

  @Test
  void whatIsDamagedIsCompiledAgain() throws IOException {
    StubDriver driver = new StubDriver();
    add(driver);
    for (byte[] damage : new byte[][] {{}, {1}, new byte[32], new byte[40]}) {
      Files.write(stored().getFirst(), damage);
      add(driver);
    }
    assertThat(driver.compiled()).isEqualTo(5);
    add(driver);
    assertThat(driver.compiled()).isEqualTo(5);
  }

  @Test
  void whatTheDriverRefusesIsCompiledAgain() {
    StubDriver driver = new StubDriver();
    add(driver);
    driver.failing("clCreateProgramWithBinary", -42);
    add(driver);
    assertThat(driver.compiled()).isEqualTo(2);
  }

  @Test
  void whatTheDriverKeepsForItselfIsNotStored() throws IOException {
    StubDriver driver = new StubDriver().failing("clGetProgramInfo", -5);
    Files.createDirectories(folder.resolve("opencl"));
    add(driver);
    assertThat(stored()).isEmpty();
  }

  @Test
  void aFolderThatCannotBeWrittenDoesNoHarm() throws IOException {
    Files.writeString(folder.resolve("opencl"), "a file in its place");
    StubDriver driver = new StubDriver();
    add(driver);
    add(driver);
    assertThat(driver.compiled()).isEqualTo(2);
  }

  @Test
  void otherDriversHaveOtherPrograms() {
    add(new StubDriver());
    StubDriver newer = new StubDriver().withVersion("OpenCL 3.1 stub").withDriver("2");
    add(newer);
    assertThat(newer.compiled()).isEqualTo(1);
  }

  @Test
  void itLiesWhereTheCommandKeepsItsOwn() {
    Path home = Path.of("home");
    assertThat(folder(Map.of(), "Linux")).isEqualTo(home.resolve(".cache/limpid/opencl"));
    assertThat(folder(Map.of("XDG_CACHE_HOME", "x"), "Linux"))
        .isEqualTo(Path.of("x/limpid/opencl"));
    assertThat(folder(Map.of("LIMPID_CACHE", "l", "XDG_CACHE_HOME", "x"), "Linux"))
        .isEqualTo(Path.of("l/opencl"));
    assertThat(folder(Map.of(), "Mac OS X"))
        .isEqualTo(home.resolve("Library/Caches/limpid/opencl"));
    assertThat(folder(Map.of("LOCALAPPDATA", "a"), "Windows 11"))
        .isEqualTo(Path.of("a/limpid/opencl"));
  }

  private static Path folder(Map<String, String> variables, String system) {
    return ProgramCache.ofUser(variables, system, Path.of("home")).folder().orElseThrow();
  }
}
