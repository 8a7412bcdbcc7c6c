package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.serve.RunningServer;
import dev.limpid.testdata.TestData;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Every command, and all that the page asks for, answers on models of every family. */
class EveryFamilyTest {
  private static final String TOKENS = "3,1,4,1,5";

  private static final String SOURCE = "3,1,2,1,5";

  private static final List<String> COMMANDS =
      List.of(
          "explain",
          "explain --json --answer #3 --distractor #5",
          "explain --html %s/explain.html",
          "explain --answer #3 --distractor #5 --html %s/contrast.html",
          "routes --position all",
          "routes --mode raw",
          "routes --by relevance --answer #3",
          "routes --format svg",
          "routes --format dot",
          "routes --format graphml",
          "lens",
          "lens --position all --json",
          "lens --state resid_pre --answer #3 --json",
          "logits --json",
          "logits --by token --answer #3 --distractor #5",
          "heads --layer 0 --json",
          "heads --layer 1 --links --json",
          "heads --roles --json",
          "attention --layer 0",
          "attention --layer 1 --head 0 --json",
          "neurons --layer 1 --json",
          "attribute --json",
          "attribute --by component --method attribution_patching --ablation zero --json",
          "attribute --by component --method relevance --json",
          "ablate --zero head_out.1.0 --json",
          "ablate --zero mlp_out.0",
          "patch --site resid_pre --source-tokens " + SOURCE + " --html %s/patch.html",
          "patch --site head_out --ablation zero --json",
          "patch --site attention --ablation zero --sample 9 --json",
          "patch --receiver logits --source-tokens " + SOURCE + " --json",
          "faithfulness --random 2 --html %s/faithfulness.html",
          "qk --layer 1 --head 0 --key 1 --json",
          "generate --max-new 2",
          "trace --out %s/trace.safetensors",
          "contributions --out %s/contributions.safetensors");

  private static final List<String> QUESTIONS =
      List.of(
          "",
          "/routes",
          "/routes?by=relevance&answer=%%233&threshold=0.04",
          "/contrast?answer=%%233&distractor=%%235",
          "/sizes",
          "/lens",
          "/lens?layer=1&positions=0-2&rank_of=%%233",
          "/lens?states=resid_post&layer=%d&positions=4&norm=raw",
          "/parts?node=I1_3",
          "/update?component=head&layer=1&head=0&position=4&key=2",
          "/update?component=attention&layer=0&position=3",
          "/update?component=mlp&layer=1&position=3&norm=own",
          "/heads?layer=1&position=4&key=2",
          "/maps?layer=1&head=0",
          "/neurons?layer=1&position=3",
          "/logits?by=token&answer=%%233",
          "/export?format=svg",
          "/export?format=html",
          "/export?format=java",
          "/faithfulness?draws=2");

  @TempDir static Path home;

  static List<Path> models() {
    return TestData.goldenModels();
  }

  /**
   * One with experts, one without a state between attention and MLP, one with norms behind both.
   */
  @ParameterizedTest
  @ValueSource(strings = {"qwen2-moe", "pythia", "olmo2"})
  void oneOfAKind(String name) throws Exception {
    Path model = TestData.folder().resolve("goldens").resolve(name);
    commands(model);
    whatThePageAsks(model);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("models")
  void all(Path model) throws Exception {
    commands(model);
    whatThePageAsks(model);
  }

  private static void commands(Path model) throws Exception {
    LimpidRun.World world = new LimpidRun.World(home);
    List<String> failed = new ArrayList<>();
    Path out = Files.createTempDirectory(home, "out");
    for (String command : COMMANDS) {
      List<String> words =
          new ArrayList<>(
              command.contains("%s") ? LimpidRun.words(command, out) : LimpidRun.words(command));
      words.addAll(List.of("--model", model.toString(), "--tokens", TOKENS));
      LimpidRun run = world.run(words.toArray(String[]::new));
      if (run.code() != 0 || run.out().contains("NaN")) {
        failed.add(command + ": " + run.code() + " " + run.err());
      }
    }
    Path prompts =
        Files.writeString(out.resolve("p.jsonl"), "{\"tokens\":[%s]}\n".formatted(TOKENS));
    LimpidRun corpus =
        world.runLine("corpus %s --position all --json --out %s/c --model %s", prompts, out, model);
    if (corpus.code() != 0 || !corpus.out().contains("\"samples\":4")) {
      failed.add("corpus: " + corpus.err() + corpus.out());
    }
    assertThat(failed).isEmpty();
    try (Stream<Path> files = Files.list(out)) {
      assertThat(files).hasSize(8);
    }
  }

  private static void whatThePageAsks(Path model) throws Exception {
    try (RunningServer server = new RunningServer(home, 0, model.toString())) {
      JsonNode trace =
          RunningServer.json(
              server.post("/api/traces", "{\"tokens\":[%s]}".formatted(TOKENS)).body());
      int nLayers = trace.path("model").path("n_layers").intValue();
      String path = "/api/traces/" + trace.path("id").asString();
      List<String> questions = new ArrayList<>(QUESTIONS);
      if (trace.path("state_between").booleanValue()) {
        questions.add("/parts?node=A1_3");
        questions.add("/lens?states=resid_mid&layer=1&positions=3");
      }
      List<String> failed = new ArrayList<>();
      for (String question : questions) {
        HttpResponse<String> answer = server.get(path + question.formatted(nLayers - 1));
        if (answer.statusCode() != 200 || isNoNumber(question, answer.body())) {
          failed.add(question + ": " + answer.body());
        }
      }
      assertThat(failed).isEmpty();
      assertThat(server.failures()).isEmpty();
    }
  }

  /** Scripts of a page may speak of it. */
  private static boolean isNoNumber(String question, String body) {
    return !question.contains("html") && body.contains("NaN");
  }
}
