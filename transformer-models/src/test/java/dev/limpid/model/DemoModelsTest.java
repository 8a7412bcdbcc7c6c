package dev.limpid.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.model.load.ModelLoader;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.spi.Backends;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the bundled models can do, measured by this engine on prompts they were not trained on. */
class DemoModelsTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** The least share of right answers, of every model. */
  private static final Map<String, Double> LEAST =
      Map.of("facts", 0.99, "agreement", 0.99, "greater-than", 0.99, "ioi", 0.99);

  /** The same for lists said twice, of at least two models. */
  private static final double LEAST_INDUCTION = 0.95;

  /** Per model and task what was answered; measured once for all tests. */
  private static final Map<Path, Map<String, Task>> ANSWERS = new TreeMap<>();

  static List<Path> models() {
    return TestData.demoModels();
  }

  @BeforeAll
  static void answer() throws IOException {
    for (Path folder : models()) {
      ANSWERS.put(folder, tasks(folder));
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void everyAnswerIsThatOfHuggingFace(Path folder) throws IOException {
    JsonNode golden =
        JSON.readTree(Files.readString(TestData.demoGoldens(folder).resolve("accuracy.json")));

    Map<String, Task> tasks = Objects.requireNonNull(ANSWERS.get(folder));

    assertThat(tasks.keySet()).hasSize(5);
    for (Map.Entry<String, Task> task : tasks.entrySet()) {
      JsonNode expected = golden.get(task.getKey() + ".jsonl");
      assertThat(task.getValue().best())
          .as(task.getKey())
          .isEqualTo(expected.get("argmax").valueStream().map(JsonNode::intValue).toList());
      assertThat(task.getValue().right()).isEqualTo(expected.get("right").intValue());
    }
  }

  @Test
  void everyModelKnowsItsTasks() {
    int withInduction = 0;
    for (Path folder : models()) {
      Map<String, Task> tasks = Objects.requireNonNull(ANSWERS.get(folder));
      System.out.print("accuracy of " + folder.getFileName() + ":");
      LEAST.forEach((task, least) ->
          assertThat(accuracy(tasks, task))
              .as("%s of %s", task, folder.getFileName())
              .isGreaterThanOrEqualTo(least));
      withInduction += accuracy(tasks, "induction") >= LEAST_INDUCTION ? 1 : 0;
      System.out.println();
    }
    assertThat(models()).hasSize(3);
    assertThat(withInduction).isGreaterThanOrEqualTo(2);
  }

  @Test
  void noPromptIsInTheCorpus() throws IOException {
    String corpus;
    try (InputStream file = Files.newInputStream(TestData.prompts().resolve("corpus.txt.gz"));
        InputStream text = new GZIPInputStream(file)) {
      corpus = new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertThat(corpus).hasLineCount(96_000);
    for (Path file : promptFiles()) {
      for (JsonNode prompt : prompts(file)) {
        String text = prompt.get("text").stringValue();
        // A word goes on after "The tree behind the key" in "The tree behind the keys are red".
        boolean goesOn = Character.isLetter(text.charAt(text.length() - 1));
        assertThat(corpus.contains(goesOn ? text + " " : text)).as(text).isFalse();
      }
    }
  }

  /**
   * The answers to one file of prompts.
   *
   * @param best the most probable token after each prompt
   * @param right how many of them are among the right answers
   */
  private record Task(List<Integer> best, int right) {
    double accuracy() {
      return (double) right / best.size();
    }
  }

  private static double accuracy(Map<String, Task> tasks, String task) {
    double accuracy = Objects.requireNonNull(tasks.get(task), task).accuracy();
    System.out.printf(" %s %.3f", task, accuracy);
    return accuracy;
  }

  private static Map<String, Task> tasks(Path folder) throws IOException {
    Transformer model = ModelLoader.open(folder, Backends.open("vector"));
    LoadedTokenizer tokenizer = TokenizerLoader.load(folder).orElseThrow();
    Map<String, Task> tasks = new TreeMap<>();
    for (Path file : promptFiles()) {
      List<Integer> best = new ArrayList<>();
      int right = 0;
      for (JsonNode prompt : prompts(file)) {
        List<Integer> tokens = tokenizer.prompt(prompt.get("text").stringValue(), true);
        Tensor logits = model.trace(tokens, TraceDetail.RESIDUALS).logits(tokens.size() - 1);
        int id = model.ops().topK(logits, 1)[0];
        best.add(id);
        right += answers(prompt).contains(tokenizer.tokenizer().text(id)) ? 1 : 0;
      }
      String name = file.getFileName().toString().replace(".jsonl", "");
      tasks.put(name, new Task(best, right));
    }
    return tasks;
  }

  private static Set<String> answers(JsonNode prompt) {
    Set<String> answers = new HashSet<>();
    answers.add(prompt.get("answer").stringValue());
    if (prompt.has("answers")) {
      prompt.get("answers").forEach(answer -> answers.add(answer.stringValue()));
    }
    return answers;
  }

  private static List<Path> promptFiles() throws IOException {
    try (Stream<Path> files = Files.list(TestData.prompts())) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    }
  }

  private static List<JsonNode> prompts(Path file) throws IOException {
    List<JsonNode> prompts = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      prompts.add(JSON.readTree(line));
    }
    return prompts;
  }
}
