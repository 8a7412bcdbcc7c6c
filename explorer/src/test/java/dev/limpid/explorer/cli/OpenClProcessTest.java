package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.JavaCommand;
import dev.limpid.explorer.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command where no device can be had: a loader reads its environment when it is loaded. */
@Tag("opencl")
@Timeout(value = 300, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OpenClProcessTest {
  private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";

  @TempDir private Path home;

  private int run(List<String> jvm, String... arguments) throws Exception {
    List<String> flags = new ArrayList<>(JavaCommand.LAUNCHED);
    flags.addAll(jvm);
    ProcessBuilder builder = new ProcessBuilder(JavaCommand.of(flags, List.of(arguments)));
    builder.environment().put("LIMPID_CACHE", home.resolve("cache").toString());
    Path vendors = Files.createDirectories(home.resolve("vendors"));
    builder.environment().put("OCL_ICD_VENDORS", vendors.toString());
    builder.redirectError(home.resolve("stderr").toFile());
    builder.redirectOutput(home.resolve("stdout").toFile());
    return builder.start().waitFor();
  }

  private String said(String file) throws IOException {
    return Files.readString(home.resolve(file));
  }

  @Test
  void aLoaderWithoutDevicesIsOneLine() throws Exception {
    assertThat(run(List.of(), "explain", "--device", "opencl", PROMPT)).isEqualTo(ExitCode.FAILED);
    assertThat(said("stdout")).isEmpty();
    assertThat(said("stderr").lines()).hasSize(1);
    assertThat(said("stderr")).contains("OpenCL finds no device").contains("limpid doctor");
  }

  @Test
  void aMissingLoaderIsOneLine() throws Exception {
    // It is looked for under the name that it has on another system.
    List<String> elsewhere = List.of("-Dos.name=Windows");
    assertThat(run(elsewhere, "explain", "--device", "opencl", PROMPT)).isEqualTo(ExitCode.FAILED);
    assertThat(said("stdout")).isEmpty();
    assertThat(said("stderr").lines()).hasSize(1);
    assertThat(said("stderr")).contains("there is no OpenCL loader (OpenCL.dll)");
  }

  @Test
  void autoFallsBackAndSaysSoOnce() throws Exception {
    assertThat(run(List.of(), "explain", "--device", "auto", PROMPT)).isEqualTo(ExitCode.DONE);
    assertThat(said("stdout")).contains("Mary");
    assertThat(said("stderr").lines()).hasSize(1);
  }

  @Test
  void doctorSaysWhyNot() throws Exception {
    assertThat(run(List.of(), "doctor")).isEqualTo(ExitCode.DONE);
    assertThat(said("stdout")).contains("backend   opencl: not available: OpenCL finds no device");
  }
}
