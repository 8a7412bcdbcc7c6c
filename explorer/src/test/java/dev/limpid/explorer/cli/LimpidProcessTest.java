package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.JavaCommand;
import dev.limpid.explorer.process.ExitCode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own: how it ends when others make it end. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LimpidProcessTest {
  private static final int WIDTH = 16;
  private static final int LAYERS = 16;
  private static final int CONTEXT = 1024;
  private static final int VOCABULARY = 7;

  @TempDir Path home;
  private Path model;

  /** A model of few weights whose traces are large: 8 heads look at 1024 x 1024 pairs. */
  @BeforeEach
  void writeModel() throws IOException {
    model = Files.createDirectory(home.resolve("model"));
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type": "gpt2", "vocab_size": %d, "n_positions": %d, "n_embd": %d, "n_layer": %d,
         "n_head": 8, "n_inner": 16}
        """
            .formatted(VOCABULARY, CONTEXT, WIDTH, LAYERS));
    SafetensorsWriter weights = new SafetensorsWriter();
    add(weights, "wte.weight", VOCABULARY, WIDTH);
    add(weights, "wpe.weight", CONTEXT, WIDTH);
    for (int l = 0; l < LAYERS; l++) {
      String layer = "h." + l + ".";
      addPair(weights, layer + "ln_1", WIDTH);
      addPair(weights, layer + "ln_2", WIDTH);
      addPair(weights, layer + "attn.c_attn", WIDTH, 3 * WIDTH);
      addPair(weights, layer + "attn.c_proj", WIDTH, WIDTH);
      addPair(weights, layer + "mlp.c_fc", WIDTH, WIDTH);
      addPair(weights, layer + "mlp.c_proj", WIDTH, WIDTH);
    }
    addPair(weights, "ln_f", WIDTH);
    weights.write(model.resolve("model.safetensors"));
  }

  private static void addPair(SafetensorsWriter weights, String name, int... shape) {
    add(weights, name + ".weight", shape);
    add(weights, name + ".bias", shape[shape.length - 1]);
  }

  private static void add(SafetensorsWriter weights, String name, int... shape) {
    Tensor tensor = Tensor.zeros(shape);
    SplittableRandom random = new SplittableRandom(name.length());
    for (int i = 0; i < tensor.size(); i++) {
      tensor.array()[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    weights.add(name, tensor);
  }

  private Process start(String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(JavaCommand.of(JavaCommand.LAUNCHED, Arrays.asList(arguments)));
    builder.environment().put("LIMPID_CACHE", home.resolve("cache").toString());
    builder.redirectError(home.resolve("stderr").toFile());
    return builder.start();
  }

  private String errors() throws IOException {
    return Files.readString(home.resolve("stderr"));
  }

  @Tag("long")
  @Test
  void interruptedWhileItWritesItLeavesNothing() throws Exception {
    Path folder = Files.createDirectory(home.resolve("out"));
    String ids = "1" + ",2".repeat(CONTEXT - 1);
    Process process =
        start(
            "trace",
            "--model",
            model.toString(),
            "--tokens",
            ids,
            "--out",
            folder.resolve("trace.safetensors").toString());
    while (sizeOfFirst(folder) < 1 << 20 && process.isAlive()) {
      Thread.sleep(1); // looks again soon: the file is there, unfinished, for less than a second
    }
    assertThat(process.isAlive()).as("it is still writing: " + errors()).isTrue();
    int interrupted = Interrupt.send(process);
    assertThat(process.waitFor()).isEqualTo(interrupted);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
    assertThat(errors()).isEmpty();
  }

  @Tag("long")
  @Test
  void interruptedWhileItFollowsAPathItLeavesNothing() throws Exception {
    Path folder = Files.createDirectory(home.resolve("out"));
    Process process =
        start(
            "attribute",
            "--model",
            model.toString(),
            "--tokens",
            "1" + ",2".repeat(CONTEXT / 2),
            "--answer",
            "#1",
            "--method",
            "integrated_gradients",
            "--steps",
            "10000",
            "--out",
            folder.resolve("gradients.safetensors").toString());
    interruptOnceItSaysHowLong(process, "10,000 backward passes");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  @Tag("long")
  @Test
  void interruptedDuringASweepItPrintsNothing() throws Exception {
    Process process =
        start(
            "patch",
            "--model",
            model.toString(),
            "--tokens",
            "1" + ",2".repeat(CONTEXT / 8),
            "--answer",
            "#1",
            "--site",
            "attention",
            "--json");
    interruptOnceItSaysHowLong(process, "runs");
    assertThat(process.getInputStream().readAllBytes()).isEmpty();
  }

  /** Interrupts a sweep when it has begun, which it says, as it will take long. */
  private void interruptOnceItSaysHowLong(Process process, String sweep) throws Exception {
    while (!errors().contains("about") && process.isAlive()) {
      Thread.sleep(10); // looks again soon
    }
    assertThat(process.isAlive()).as("it is still running: " + errors()).isTrue();
    int interrupted = Interrupt.send(process);
    assertThat(process.waitFor()).isEqualTo(interrupted);
    assertThat(errors())
        .matches("limpid: note: [0-9,]+ \\w+( \\w+)?, about \\d+ (s|min|h)\\R")
        .contains(sweep);
  }

  private static long sizeOfFirst(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Optional<Path> first = files.findFirst();
      return first.isPresent() ? Files.size(first.get()) : 0;
    }
  }

  @Test
  void aReaderThatGoesAwayEndsItQuietly() throws Exception {
    Process process =
        start(
            "lens",
            "--model",
            model.toString(),
            "--position",
            "all",
            "--json",
            "--tokens",
            "1,2,3" + ",4".repeat(500));
    try (InputStream out = process.getInputStream()) {
      assertThat(out.read()).isEqualTo('{');
    }
    assertThat(process.waitFor()).as(errors()).isZero();
    assertThat(errors()).isEmpty();
  }

  @Test
  void aReaderOfManyAnswersMayGoAwayAfterTheFirst() throws Exception {
    Path prompts = home.resolve("prompts.jsonl");
    Files.write(prompts, Collections.nCopies(10_000, "{\"tokens\": [1, 2, 3]}"));
    Process process = start("lens", "--model", model.toString(), "--prompts", prompts.toString());
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine())
          .startsWith("{\"line\":1,\"schema\":\"limpid/lens/1\",")
          .endsWith("}");
    }
    assertThat(process.waitFor()).as(errors()).isZero();
    assertThat(errors()).isEmpty();
  }

  @Test
  void resultsOnAFullDiskAreNotLostSilently() throws Exception {
    ProcessBuilder shell =
        new ProcessBuilder(
            "sh",
            "-c",
            "exec \"$@\" > /dev/full",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.limpid.explorer.Main",
            "models",
            "info",
            model.toString());
    Process process = shell.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(ExitCode.FAILED);
    assertThat(said.lines()).hasSize(1);
    assertThat(said).contains("standard output: cannot be written", "No space left");
  }
}
