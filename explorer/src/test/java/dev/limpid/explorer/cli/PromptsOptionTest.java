package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Many prompts in one run: what they give, and what becomes of those that cannot be answered. */
class PromptsOptionTest {
  private static final int MANY = 200;

  @TempDir Path home;

  private LimpidRun.World world() {
    return new LimpidRun.World(home)
        .with("LIMPID_BUNDLED", TestData.folder().resolve("models").toString());
  }

  private LimpidRun run(String line, Object... values) {
    return world().runLine(line, values);
  }

  private Path file(String... lines) throws IOException {
    return Files.write(home.resolve("prompts.jsonl"), List.of(lines));
  }

  private static List<String> prompts() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(TestData.folder().resolve("prompts"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jsonl")).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "explain --threshold 0.02",
        "routes --position 3",
        "routes --position all --mode raw",
        "lens --top 2 --position all",
        "logits --by layer",
        "heads --layer 1"
      })
  void aLineIsTheDocumentOfThatPromptAlone(String command) throws IOException {
    List<String> prompts = prompts().subList(0, 3);
    Path file = file(prompts.toArray(String[]::new));

    List<String> lines = run(command + " --prompts %s", file).out().lines().toList();

    assertThat(lines).hasSize(prompts.size());
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).isEqualTo(numbered(i + 1, alone(command, prompts.get(i))));
    }
  }

  @Test
  void twoHundredPromptsAreTwoHundredRuns() throws IOException {
    List<String> prompts = prompts().subList(0, MANY);
    Path file = file(prompts.toArray(String[]::new));

    LimpidRun run = run("explain --prompts %s", file);

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    List<String> lines = run.out().lines().toList();
    assertThat(lines).hasSize(MANY);
    for (int i = 0; i < MANY; i++) {
      assertThat(lines.get(i)).isEqualTo(numbered(i + 1, alone("explain", prompts.get(i))));
    }
  }

  private String alone(String command, String prompt) {
    JsonNode line = JsonMapper.shared().readTree(prompt);
    List<String> words = new ArrayList<>(List.of(command.split(" ")));
    words.addAll(List.of(line.path("text").asString(), "--json"));
    if (!command.startsWith("heads") && !command.startsWith("routes")) {
      words.addAll(List.of("--answer", line.path("answer").asString()));
    }
    if (command.startsWith("explain") || command.startsWith("logits")) {
      words.addAll(List.of("--distractor", line.path("distractor").asString()));
    }
    return world().run(words.toArray(String[]::new)).out();
  }

  private static String numbered(int line, String document) {
    return "{\"line\":" + line + "," + document.substring(1).strip();
  }

  @Test
  void whatALineNamesGoesBeforeTheOptions() throws IOException {
    Path file =
        file(
            "{\"text\": \"The capital of France is\"}",
            "{\"text\": \"The capital of France is\", \"answer\": \"#7\", \"position\": -2}",
            "{\"tokens\": [0, 5, 9], \"distractor\": \"#8\"}");

    List<JsonNode> documents =
        documents(run("explain --answer ' Paris' --position 1 --prompts %s", file));

    assertThat(documents).hasSize(3);
    assertThat(documents.get(0).at("/answer/text").asString()).isEqualTo(" Paris");
    assertThat(documents.get(0).at("/position").asInt()).isEqualTo(1);
    assertThat(documents.get(1).at("/answer/id").asInt()).isEqualTo(7);
    assertThat(documents.get(1).at("/position").asInt()).isEqualTo(4);
    assertThat(documents.get(2).at("/answer/text").asString()).isEqualTo(" Paris");
    assertThat(documents.get(2).at("/distractor/id").asInt()).isEqualTo(8);
    assertThat(documents.get(2).at("/tokens").size()).as("no BOS is added").isEqualTo(3);
  }

  private static List<JsonNode> documents(LimpidRun run) {
    return run.out().lines().map(line -> JsonMapper.shared().readTree(line)).toList();
  }

  @Test
  void whatCannotBeAnsweredIsNamedAndTheRestGoesOn() throws IOException {
    Path file =
        file(
            "{\"text\": \"The capital of France is\"}",
            "",
            "no JSON",
            "{\"text\": \"a\", \"answer\": \"Paris\"}",
            "{\"text\": \"a\", \"position\": 99}",
            "{\"tokens\": [123456]}",
            "{\"text\": \"a\", \"distractor\": \" Paris\"}",
            "{\"text\": \"" + "a ".repeat(3000) + "\"}",
            "{\"text\": \"The capital of Italy is\"}");

    LimpidRun run = run("explain --prompts %s", file);

    assertThat(run.code()).as("the rest is answered").isZero();
    assertThat(documents(run).stream().map(d -> d.path("line").asInt())).containsExactly(1, 9);
    List<String> said = run.err().lines().toList();
    String warning = "limpid: warning: " + file;
    assertThat(said).hasSize(7);
    assertThat(said.get(0)).startsWith(warning + ":3: passed over: not valid JSON: ");
    assertThat(said.get(1)).startsWith(warning + ":4: passed over: answer: 'Paris' is not one");
    assertThat(said.get(2)).contains(":5: passed over: position 99 is not in the prompt");
    assertThat(said.get(3)).contains(":6: passed over: token 123456 at position 0 is not in");
    assertThat(said.get(4)).contains(":7: passed over: a distractor is compared with an answer");
    assertThat(said.get(5)).contains(":8: passed over: the prompt has ", "context holds 128");
    assertThat(said.get(6)).isEqualTo(warning + ": 2 of 8 prompts answered");
  }

  @Test
  void whereNoneCanBeAnsweredTheCommandHasFailed() throws IOException {
    LimpidRun run = run("lens --prompts %s", file("{", "{\"tokens\": []}"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).hasSize(3).last().asString().endsWith("0 of 2 prompts answered");
    LimpidRun empty = run("lens --prompts %s", file(""));
    assertThat(empty.code()).isEqualTo(1);
    assertThat(empty.err()).endsWith("no prompts in it; give one JSON object a line\n");
    assertThat(run("lens --prompts %s", home.resolve("nowhere")).err())
        .isEqualTo("limpid: " + home.resolve("nowhere") + ": no such file or folder\n");
  }

  @Test
  void standardInputIsAFileToo() {
    LimpidRun run =
        world()
            .input("{\"text\": \"The capital of France is\"}\n7".getBytes(StandardCharsets.UTF_8))
            .run("logits", "--prompts", "-");
    assertThat(run.code()).isZero();
    assertThat(documents(run)).hasSize(1);
    assertThat(run.err()).contains("standard input:2: passed over: not a JSON object");
  }

  @Test
  void whatMakesNoSenseWithManyPromptsIsRefused() throws IOException {
    Path file = file("{\"text\": \"a\"}");
    for (String command :
        List.of(
            "lens --prompts %s a",
            "lens --prompts %s --tokens 1",
            "explain --prompts %s --html " + home.resolve("page.html"),
            "routes --prompts %s --format svg",
            "heads --prompts %s --roles",
            "heads --prompts %s")) {
      LimpidRun run = run(command, file);
      assertThat(run.code()).as(command).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err().lines()).hasSize(1);
    }
  }
}
