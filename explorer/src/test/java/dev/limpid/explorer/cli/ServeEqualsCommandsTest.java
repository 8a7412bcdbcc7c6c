package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.serve.RunningServer;
import dev.limpid.testdata.TestData;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server answers what the commands answer, byte for byte. */
class ServeEqualsCommandsTest {
  private static final String MARY = RunningServer.encoded(" Mary");
  private static final String RUTH = RunningServer.encoded(" Ruth");

  private static RunningServer server;
  private static String trace;
  private static LimpidRun.World world;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    server = new RunningServer(home);
    trace = server.trace(RunningServer.PROMPT);
    world = new LimpidRun.World(home).with("LIMPID_BUNDLED", TestData.folder().resolve("models"));
  }

  @AfterAll
  static void stop() {
    assertThat(server.failures()).isEmpty();
    server.close();
  }

  private static String command(String line) {
    List<String> words = new ArrayList<>(LimpidRun.words(line));
    words.add(1, RunningServer.PROMPT);
    LimpidRun run = world.run(words.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
    return run.out();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/heads?layer=2 | heads --layer 2 --json",
        "/heads?layer=1&position=7&key=2 | heads --layer 1 --position 7 --key 2 --json",
        "/neurons?layer=0 | neurons --layer 0 --json",
        "/neurons?layer=2&position=3&top=4 | neurons --layer 2 --position 3 --top 4 --json",
        "/lens?states=resid_post&top=10 | lens --position all --json",
        "/lens?states=resid_mid&top=3&layer=1&positions=4&rank_of=%20Mary"
            + " | lens --state resid_mid --top 3 --layer 1 --position 4 --answer ' Mary' --json",
        "/logits?answer=%20Mary&distractor=%20Ruth"
            + " | logits --answer ' Mary' --distractor ' Ruth' --json",
        "/logits?by=layer&position=4 | logits --by layer --position 4 --json",
        "/logits?by=token | logits --by token --json",
        "/faithfulness?answer=%20Mary&distractor=%20Ruth&draws=3&threshold=0.05"
            + " | faithfulness --answer ' Mary' --distractor ' Ruth' --random 3 --threshold 0.05 --json",
        "/export?format=json&threshold=0.02 | routes --threshold 0.02",
        "/export?format=dot | routes --format dot",
        "/export?format=graphml&mode=raw | routes --mode raw --format graphml",
        "/export?format=svg&position=9 | routes --position 9 --format svg"
      })
  void questionsAboutATrace(String path, String command) throws Exception {
    HttpResponse<String> response = server.get(trace + path);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.body()).isEqualTo(command(command));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/routes | routes",
        "/routes?threshold=0.01&mode=raw&position=7 | routes --threshold 0.01 --mode raw --position 7",
        "/routes?by=relevance&answer=%20Mary&distractor=%20Ruth&threshold=0.02"
            + " | routes --by relevance --answer ' Mary' --distractor ' Ruth' --threshold 0.02"
      })
  void routesSayBesideWhatIsPruned(String path, String command) throws Exception {
    String document = command(command);

    assertThat(server.get(trace + path).body())
        .isEqualTo(document.substring(0, document.length() - 2) + ",\"pruned\":null}\n");
  }

  @Test
  void changes() throws Exception {
    HttpResponse<String> response =
        server.post(
            trace + "/changes",
            "{\"interventions\":[{\"site\":\"head_out\",\"layer\":2,\"head\":[0],\"do\":\"zero\"}],"
                + "\"answer\":\" Mary\",\"distractor\":\" Ruth\"}");

    assertThat(response.body())
        .isEqualTo(
            command("ablate --zero head_out.2.0 --answer ' Mary' --distractor ' Ruth' --json"));
  }

  @Test
  void generation() throws Exception {
    HttpResponse<String> response =
        server.post(
            "/api/generate",
            "{\"text\":\"%s\",\"max_new\":6,\"temperature\":0.8,\"top_k\":9,\"seed\":3}"
                .formatted(RunningServer.PROMPT));

    assertThat(response.body())
        .isEqualTo(command("generate --max-new 6 --temperature 0.8 --top-k 9 --seed 3 --json"));
  }

  @Test
  void tokensAndPredictionsOfATrace() throws Exception {
    String document = server.get(trace).body();
    String tokens = command("tokens --json");

    String list =
        tokens.substring(tokens.indexOf("\"tokens\":["), tokens.indexOf("],\"tokenizer\""));
    assertThat(document).contains(list);
    String lens = command("lens --layer 3 --top 5 --json");
    String top = lens.substring(lens.indexOf("\"entropy\""), lens.lastIndexOf("]}]}"));
    assertThat(document).contains("{\"position\":14," + top);
  }

  @Test
  void rolesOfAModel() throws Exception {
    LimpidRun run = world.run("heads", "--roles", "--json");

    assertThat(server.get("/api/models/demo-gpt2/roles").body()).isEqualTo(run.out());
  }

  @Test
  void factsOfAModelWithoutItsFolder() throws Exception {
    LimpidRun run = world.run("models", "info", "demo-opt", "--json");
    String facts = server.get("/api/models/demo-opt").body();

    assertThat(run.out().replaceFirst("\"folder\":\"[^\"]*\",", "")).isEqualTo(facts);
    assertThat(server.get("/api/models").body()).contains(facts.strip());
    assertThat(facts).doesNotContain("folder\":", TestData.folder().toString());
  }

  @Test
  void theSameTextHasTheSameIdInAnotherServer(@TempDir Path home) throws Exception {
    try (RunningServer other = new RunningServer(home)) {
      assertThat(other.trace(RunningServer.PROMPT)).isEqualTo(trace);
      assertThat(other.get(trace).body()).isEqualTo(server.get(trace).body());
    }
  }

  @Test
  void prunedRoutesKeepTheLargestEdges() throws Exception {
    String whole = server.get(trace + "/routes?threshold=0.01").body();
    String pruned = server.get(trace + "/routes?threshold=0.01&max_edges=50").body();

    assertThat(RunningServer.json(pruned).path("routes").path(0).path("edges")).hasSize(50);
    assertThat(pruned)
        .contains("\"pruned\":{\"nodes\":85,\"edges\":244,\"max_edges\":50,\"least\":0.014136}");
    assertThat(RunningServer.json(pruned).path("routes").path(0).path("source_flow"))
        .isEqualTo(RunningServer.json(whole).path("routes").path(0).path("source_flow"));
  }

  @Test
  void contrastIsAboutTheLogitOfTheCommand() throws Exception {
    String graph = server.get(trace + "/contrast?answer=" + MARY + "&distractor=" + RUTH).body();
    String logits = command("logits --answer ' Mary' --distractor ' Ruth' --json");

    assertThat(RunningServer.json(graph).path("logit"))
        .isEqualTo(RunningServer.json(logits).path("logit"));
  }
}
