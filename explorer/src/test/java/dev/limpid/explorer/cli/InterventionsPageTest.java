package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/interventions.md shows is compiled and run as it stands there. */
class InterventionsPageTest {
  @TempDir private Path folder;

  @Test
  void theExampleRuns() throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("Interventions.java"), block("java"));
    String classPath = System.getProperty("java.class.path");
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, messages, messages, "-cp", classPath, source.toString());
    assertThat(compiled).as(messages.toString(StandardCharsets.UTF_8)).isZero();

    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-cp",
                folder + File.pathSeparator + classPath,
                "Interventions",
                TestData.folder().resolve("models/demo-gpt2").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(4, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains(" -> ", "relevance 0.0");
  }

  @Test
  void theFileOfChangesIsOne() throws IOException {
    Path file = Files.writeString(folder.resolve("changes.json"), block("json"));
    LimpidRun run =
        new LimpidRun.World(folder)
            .run(
                "ablate",
                "--model",
                TestData.folder().resolve("models/demo-gpt2").toString(),
                "When Mary and John went to the store, John gave a drink to",
                "--interventions",
                file.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("head_out put to zero: layer 2, head [0, 7], position 14");
  }

  private static String block(String language) throws IOException {
    String page = Files.readString(TestData.root().resolve("docs/interventions.md"));
    Matcher block = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).as("a block of %s", language).isTrue();
    return block.group(1);
  }
}
