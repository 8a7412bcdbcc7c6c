package dev.limpid.corpus.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.LanguageModel;
import dev.limpid.Settings;
import dev.limpid.corpus.CorpusRun;
import dev.limpid.corpus.CorpusSettings;
import dev.limpid.testdata.TestData;
import dev.limpid.view.CorpusView;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example is compiled and run as it stands in docs/examples, in a process of its own. */
class CorpusOnSparkExampleTest {
  @TempDir Path folder;

  @Test
  void findsWhatARunWithoutSparkFinds() throws Exception {
    String classPath = System.getProperty("java.class.path");
    Path source = TestData.root().resolve("docs/examples/CorpusOnSpark.java");
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, "-d", folder.toString(), "-cp", classPath, source.toString());
    assertThat(compiled).as(said.toString(StandardCharsets.UTF_8)).isZero();

    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      texts.add("In %d the king of France was %d years old".formatted(1500 + i, i));
    }
    Path text = Files.write(folder.resolve("prompts.txt"), texts);
    Path output = folder.resolve("output");
    assertThat(runs(classPath, text, output)).as(Files.readString(output)).isTrue();

    LanguageModel model = LanguageModel.open("demo-gpt2", Settings.defaults().withThreads(1));
    CorpusRun run = new CorpusRun(model, CorpusSettings.DEFAULT, 1);
    List<String> expected = new ArrayList<>();
    for (CorpusView.Head head :
        run.over(List.of(text), folder.resolve("out")).groups().getFirst().heads()) {
      expected.add("layer %d head %d: %.6f".formatted(head.layer(), head.head(), head.flow()));
    }
    assertThat(Files.readString(output).lines().filter(line -> line.startsWith("layer ")))
        .isEqualTo(expected);
  }

  private boolean runs(String classPath, Path text, Path output) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What Spark asks of Java, as this process was given it.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Xmx1g",
            "-Dspark.master=local[2]",
            "-Dspark.app.name=example",
            "-Dspark.ui.enabled=false",
            "-cp",
            folder + File.pathSeparator + classPath,
            "CorpusOnSpark",
            text.toString()));
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    return process.waitFor(3, TimeUnit.MINUTES) && process.exitValue() == 0;
  }
}
