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

/** The lines of Java in docs/corpus.md are compiled and run as they stand there. */
class CorpusExampleTest {
  private static final String AROUND =
      """
      import dev.limpid.*;
      import dev.limpid.corpus.*;
      import dev.limpid.view.*;
      import java.nio.file.Path;
      import java.util.List;
      class Example {
        public static void main(String[] none) throws Exception {
          %s
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void theExamplePrintsTheStrongestHeads() throws IOException, InterruptedException {
    String page = Files.readString(TestData.root().resolve("docs/corpus.md"));
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(page);
    assertThat(block.find()).isTrue();
    assertThat(block.group(1).lines().count()).as("ten lines").isLessThanOrEqualTo(10);
    Path source =
        Files.writeString(folder.resolve("Example.java"), AROUND.replace("%s", block.group(1)));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    String classPath = System.getProperty("java.class.path");
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, "-d", folder.toString(), "-cp", classPath, source.toString());
    assertThat(compiled).as(said.toString(StandardCharsets.UTF_8)).isZero();

    Files.write(
        folder.resolve("prompts.jsonl"),
        Files.readAllLines(TestData.folder().resolve("prompts/ioi.jsonl")).subList(0, 10));
    ProcessBuilder command =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules",
            "jdk.incubator.vector",
            "-cp",
            folder + File.pathSeparator + classPath,
            "Example");
    command.environment().put("LIMPID_BUNDLED", TestData.folder().resolve("models").toString());
    Path output = folder.resolve("output");
    Process process =
        command
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    assertThat(Files.readString(output)).contains("layer 0 head 2: 0.");
    assertThat(folder.resolve("results/heads.csv")).exists();
  }
}
