package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.JavaCommand;
import dev.limpid.testdata.TestData;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GenerateCommandTest {
  private static final String NO_TOKENIZER =
      TestData.folder().resolve("goldens/gpt2-defaults").toString();
  private static final String TEXT = "The capital of France is";

  @TempDir Path folder;

  private LimpidRun run(String... arguments) {
    return world()
        .run(Stream.concat(Stream.of("generate"), Stream.of(arguments)).toArray(String[]::new));
  }

  private LimpidRun.World world() {
    return new LimpidRun.World(folder).with("LIMPID_BUNDLED", TestData.folder().resolve("models"));
  }

  private JsonNode document(String... arguments) throws IOException {
    LimpidRun run =
        run(Stream.concat(Stream.of(arguments), Stream.of("--json")).toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out().getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"demo-gpt2,<|endoftext|>", "demo-opt,</s>", "demo-llama,</s>"})
  void theTextBeginsWithItsSpaceAndEndsBeforeTheEos(String model, String eos) throws IOException {
    assertThat(run("--model", model, TEXT)).isEqualTo(new LimpidRun(0, " Paris.", ""));

    JsonNode document = document("--model", model, TEXT);
    assertThat(document.path("text").asString()).isEqualTo(" Paris.");
    assertThat(document.path("stop").asString()).isEqualTo("eos");
    JsonNode tokens = document.path("tokens");
    assertThat(tokens).hasSize(3);
    assertThat(tokens.get(2).path("text").asString()).isEqualTo(eos);
    assertThat(tokens.get(0).path("position").asInt()).isEqualTo(document.path("prompt").size());
    assertThat(tokens.get(0).path("probability").asDouble()).isGreaterThan(0.9);

    assertThat(run("--model", model, TEXT + " Paris.").err()).contains("ended the text at once");
    LimpidRun further = run("--model", model, TEXT, "--ignore-eos", "--max-new", "5");
    assertThat(further.out()).startsWith(" Paris." + eos).hasSizeGreaterThan(8 + eos.length());
  }

  @Test
  void onATerminalTheLineEnds() {
    LimpidRun run = world().onTerminal().run("generate", TEXT);
    assertThat(run.out()).isEqualTo(" Paris.\n");
  }

  @Test
  void withoutATokenizerIdsArePrinted() throws IOException {
    LimpidRun run = run("--model", NO_TOKENIZER, "--tokens", "1,2,3", "--max-new", "4");
    assertThat(run.code()).isZero();
    assertThat(run.out()).matches("\\d+(,\\d+){3}\n");

    JsonNode document = document("--model", NO_TOKENIZER, "--tokens", "1,2,3", "--max-new", "4");
    assertThat(document.path("text").isNull()).isTrue();
    assertThat(document.path("tokens").valueStream().map(token -> token.path("id").asString()))
        .containsExactly(run.out().strip().split(","));
    assertThat(document.path("stop").asString()).isEqualTo("max_new");
  }

  @Test
  void aFullContextIsStated() throws IOException {
    String[] arguments = {
      "--model", NO_TOKENIZER, "--tokens", "1,2,3", "--max-new", "100", "--ignore-eos"
    };
    LimpidRun run = run(arguments);
    assertThat(run.code()).isZero();
    assertThat(run.out().split(",")).hasSize(14);
    assertThat(run.err())
        .isEqualTo("limpid: warning: stopped, since the model's context of 17 tokens is full\n");
    assertThat(document(arguments).path("stop").asString()).isEqualTo("context");
  }

  @Test
  void aSeedMakesTheSameTextOnce() {
    String[] first = {TEXT, "--temperature", "3", "--seed", "5", "--ignore-eos"};
    String[] other = {TEXT, "--temperature", "3", "--seed", "6", "--ignore-eos"};
    assertThat(run(first)).isEqualTo(run(first)).isNotEqualTo(run(other));
  }

  @Test
  void settingsWithoutEffectAreWarnedOf() {
    LimpidRun run = run(TEXT, "--seed", "5");
    assertThat(run.out()).isEqualTo(" Paris.");
    assertThat(run.err()).contains("change nothing at temperature 0").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "--temperature,-1,--temperature -1.0 is not a number",
    "--temperature,NaN,--temperature NaN is not a number",
    "--temperature,warm,'warm' is not a double",
    "--top-k,-1,--top-k -1 is not a number of tokens",
    "--top-p,0,'--top-p 0.0 is not in (0, 1]'",
    "--top-p,1.5,'--top-p 1.5 is not in (0, 1]'",
    "--max-new,0,--max-new: 0 is not a number of tokens",
    "--seed,x,'x' is not a long"
  })
  void valuesThatMakeNoSenseAreWrongUsage(String option, String value, String message) {
    LimpidRun run = run(TEXT, option + "=" + value);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(message).hasLineCount(1);
  }

  @Test
  void numbersThatOverflowAreAnError() throws IOException {
    Path model = copy("goldens/gpt2-untied-eps");
    Path weights = model.resolve("model.safetensors");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 8 + (int) bytes.getLong(0); at < bytes.capacity(); at += 4) {
      bytes.putFloat(at, Float.MAX_VALUE); // finite, but no sum of two is
    }
    Files.write(weights, bytes.array());
    LimpidRun run = run("--model", model.toString(), "--tokens", "1,2");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("NaN or infinite").contains("overflow").hasLineCount(1);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS) // has no signals: a process cannot interrupt another one there
  void anInterruptEndsItWithoutATrace() throws IOException, InterruptedException {
    Path model = copy("models/demo-llama");
    Path config = model.resolve("config.json");
    // Rotary positions have no end: this goes on for hours.
    Files.writeString(
        config,
        Files.readString(config)
            .replace("\"max_position_embeddings\": 128", "\"max_position_embeddings\": 1000000"));
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(
                JavaCommand.of(
                    JavaCommand.LAUNCHED,
                    List.of(
                        "generate",
                        "--model",
                        model.toString(),
                        "--ignore-eos",
                        "--max-new",
                        "1000000",
                        TEXT)))
            .redirectError(errors.toFile())
            .start();
    try {
      // What comes arrives at once, not when all is done.
      assertThat(new String(process.getInputStream().readNBytes(40), StandardCharsets.UTF_8))
          .startsWith(" Paris.</s>");
      int interrupted = Interrupt.send(process);
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(interrupted);
      assertThat(Files.readAllLines(errors))
          .allMatch(line -> line.startsWith("WARNING: Using incubator modules"));
    } finally {
      process.destroyForcibly();
    }
  }

  private Path copy(String of) throws IOException {
    Path copy = Files.createDirectory(folder.resolve("model"));
    File[] files = TestData.folder().resolve(of).toFile().listFiles();
    assertThat(files).isNotEmpty();
    for (File file : files) {
      Files.copy(file.toPath(), copy.resolve(file.getName()));
    }
    return copy;
  }
}
