package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.Version;
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

/** The README's Java example is compiled and run as it stands there. */
class ReadmeExampleTest {
  @TempDir Path folder;

  /** Digits apart: the last ones may differ between processors. */
  @Test
  void theOutputIsThatOfTheCommand() throws IOException {
    String readme = Files.readString(TestData.root().resolve("README.md"));
    Matcher command = Pattern.compile("\\./limpid explain \"(.*)\"\n").matcher(readme);
    Matcher block = Pattern.compile("```text\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(command.find() && block.find()).as("command and output in README.md").isTrue();

    LimpidRun run =
        new LimpidRun.World(folder)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .run("explain", command.group(1));

    assertThat(run.out().replaceAll("\\d+\\.\\d+", "#").strip())
        .isEqualTo(block.group(1).replaceAll("\\d+\\.\\d+", "#").strip());
  }

  @Test
  void theScriptForJBangCompilesAndNamesThisVersion() throws IOException {
    Path script = TestData.root().resolve("docs/examples/Explain.java");
    assertThat(compile(script)).isEmpty();
    assertThat(Files.readString(script))
        .contains("//DEPS dev.limpid:limpid:" + Version.limpid() + "\n");
  }

  /** Returns what the compiler has to say, if it fails. */
  private String compile(Path source) {
    ByteArrayOutputStream messages = new ByteArrayOutputStream();
    String classPath = System.getProperty("java.class.path");
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                messages,
                messages,
                "-d",
                folder.toString(),
                "-cp",
                classPath,
                source.toString());
    return code == 0 ? "" : messages.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theExampleCompilesAndPrintsTheSources() throws IOException, InterruptedException {
    String readme = Files.readString(TestData.root().resolve("README.md"));
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(block.find()).as("a java block in README.md").isTrue();
    Path source = Files.writeString(folder.resolve("Example.java"), block.group(1));
    assertThat(compile(source)).isEmpty();

    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-Dstdout.encoding=UTF-8",
                "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"),
                "Example",
                TestData.folder().resolve("models/demo-gpt2").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains(" Mary");
  }
}
