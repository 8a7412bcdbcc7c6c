package dev.limpid.explorer.cli;

import static dev.limpid.testdata.Close.assertClose;
import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.explorer.show.TerminalText;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The commands that run a model, against goldens, through the command line alone. */
class EngineCommandsTest {
  /** Float32 against float64: of states relative to the largest, of contributions absolute. */
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-erf-gelu", "opt-biased", "llama-gqa-head-dim", "llama-sharded"})
  void traceFilesHoldWhatTheContractsName(String name) throws IOException {
    Path model = golden(name);
    Path out = folder.resolve("trace.safetensors");

    LimpidRun run = run("trace --model %s --tokens %s --out %s", model, ids(model), out);

    assertThat(run).isEqualTo(new LimpidRun(0, "", ""));
    SafetensorsFile actual = SafetensorsFile.open(out, Arena.ofAuto());
    SafetensorsFile expected = expected(model);
    assertThat(actual.metadata())
        .containsKeys("model", "model_sha256", "tokenizer", "backend", "limpid_version", "jdk");
    assertThat(actual.names())
        .containsAll(
            expected.names().stream()
                .filter(tensor -> !tensor.startsWith("separate."))
                .filter(tensor -> !tensor.matches(".*\\.(attention|mlp)(_.*)?"))
                .toList());
    for (String tensor : actual.names()) {
      if (!tensor.equals("tokens")) {
        assertCloseToLargest(
            tensor,
            actual.tensor(tensor).toFloats(),
            expected.tensor(tensor).toFloats(),
            TOLERANCE);
      }
    }
    assertThat(actual.tensor("tokens").toInts()).isEqualTo(expected.tensor("tokens").toInts());
  }

  @ParameterizedTest
  @ValueSource(strings = {"excluded", "separate"})
  void contributionFilesHoldWhatTheContractsName(String bias) throws IOException {
    Path model = golden("gpt2-erf-gelu");
    Path out = folder.resolve("contributions.safetensors");

    LimpidRun run =
        run(
            "contributions --model %s --tokens %s --out %s --bias %s",
            model, ids(model), out, bias);

    assertThat(run).isEqualTo(new LimpidRun(0, "", ""));
    SafetensorsFile actual = SafetensorsFile.open(out, Arena.ofAuto());
    String prefix = bias.equals("separate") ? "separate." : "";
    for (String tensor : actual.names()) {
      if (tensor.startsWith("layers.") && !tensor.endsWith("_unexplained")) {
        assertClose(
            tensor,
            actual.tensor(tensor).toFloats(),
            expected(model).tensor(prefix + tensor).toFloats(),
            TOLERANCE);
      }
    }
    assertThat(actual.names()).contains("layers.0.attention", "layers.1.mlp_unexplained");
    assertThat(actual.metadata()).containsKey("cancelling");
  }

  @Test
  void cancellingNodesAreNamed() throws IOException {
    Path model = golden("gpt2-cancelling");
    Path out = folder.resolve("contributions.safetensors");

    run("contributions --model %s --tokens %s --out %s", model, ids(model), out);

    assertThat(SafetensorsFile.open(out, Arena.ofAuto()).metadata().get("cancelling"))
        .isEqualTo(expected(model).metadata().get("cancelling"))
        .contains("A0_2");
  }

  @Test
  void onlyWhatIsAskedForIsWritten() throws IOException {
    Path model = golden("llama-mqa");
    Path out = folder.resolve("trace.safetensors");

    run(
        "trace --model %s --tokens 1,2,3 --out %s --layers 1 --only resid_post,pattern",
        model, out);

    assertThat(SafetensorsFile.open(out, Arena.ofAuto()).names())
        .containsExactly("tokens", "layers.1.resid_post", "layers.1.pattern");
  }

  @Test
  void routesOfAllPositionsAreTheSameBytesEachTime() {
    String model = golden("opt-biased").toString();

    LimpidRun once = run("routes --model %s --tokens 2,5,9,7 --position all", model);
    LimpidRun again = run("routes --model %s --tokens 2,5,9,7 --position all", model);

    assertThat(once.code()).isZero();
    assertThat(again.out()).isEqualTo(once.out());
    JsonNode document = json(once);
    assertThat(document.path("routes").size()).isEqualTo(4);
    assertThat(document.path("tokens").get(1).path("text").isNull()).isTrue();
    for (JsonNode route : document.path("routes")) {
      double flow = 0;
      for (JsonNode source : route.path("source_flow")) {
        flow += source.get(1).asDouble();
      }
      for (JsonNode lost : route.path("lost_flow")) {
        flow += lost.asDouble();
      }
      assertThat(flow).isCloseTo(1, within(1e-5));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"dot", "graphml", "svg"})
  void routesComeInOtherFormats(String format) {
    LimpidRun run =
        run("routes --model %s --tokens 1,2,3 --format %s", golden("llama-mqa"), format);

    assertThat(run.code()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("A1_2");
  }

  @Test
  void theLensFitsIntoATerminal() {
    String model = TestData.folder().resolve("models/demo-gpt2").toString();
    String text = "The capital of France is";

    LimpidRun run = run("lens --model %s %s --position all", model, text);

    assertThat(run.out().lines()).hasSizeGreaterThan(20);
    assertThat(run.out().lines()).allMatch(line -> TerminalText.width(line) <= 80);
    assertThat(run.out().lines().skip(2)).allMatch(line -> line.split("%", -1).length == 3);
    JsonNode states = json(run("lens --model %s %s --json", model, text)).path("states");
    assertThat(states.get(0).path("top").size()).isEqualTo(10);
  }

  @Test
  void theLensOfTheLastLayerIsThePrediction() throws IOException {
    Path model = golden("llama-mqa");

    LimpidRun run =
        run("lens --model %s --tokens %s --position all --top 3 --json", model, ids(model));

    SafetensorsFile expected = expected(model);
    int nPositions = expected.tensor("tokens").dim(0);
    JsonNode states = json(run).path("states");
    int nLayers = states.size() / nPositions;
    for (int t = 0; t < nPositions; t++) {
      JsonNode last = states.get((nLayers - 1) * nPositions + t);
      JsonNode best = last.path("top").get(0);
      float[] logits = expected.tensor("logits").row(t).toFloats();
      assertThat(best.path("logit").asDouble())
          .isCloseTo(max(logits), within(TOLERANCE * max(logits)));
      assertThat(best.path("rank").asInt()).isEqualTo(1);
      assertThat(last.path("state").asString()).isEqualTo("resid_post");
    }
  }

  @Test
  void explainTellsPredictionRouteAndSources() {
    String model = golden("gpt2-defaults").toString();

    LimpidRun text = run("explain --model %s --tokens 3,1,4,1,5", model);
    LimpidRun document = run("explain --model %s --tokens 3,1,4,1,5 --answer #7 --json", model);

    assertThat(text.code()).isZero();
    assertThat(text.out())
        .containsPattern("Route \\(threshold 0\\.0\\d+, renormalised\\)")
        .contains("a state here on average")
        .contains("Where this state came from")
        .contains("does not depend on which token")
        .doesNotContain("\u001b");
    JsonNode json = json(document);
    assertThat(json.path("predictions").size()).isEqualTo(5);
    assertThat(json.path("answer").path("id").asInt()).isEqualTo(7);
    assertThat(json.path("sources").size()).isPositive();
  }

  @Test
  void tokensShowTextAndPiece() {
    Path tokenizer = TestData.folder().resolve("models/demo-gpt2");

    LimpidRun run = run("tokens --model %s --json ' the'", tokenizer);

    JsonNode tokens = json(run).path("tokens");
    assertThat(tokens.get(0).path("text").asString()).isEqualTo("<|endoftext|>");
    assertThat(tokens.get(1).path("text").asString()).isEqualTo(" the");
    assertThat(tokens.get(1).path("piece").asString()).isEqualTo("Ġthe");
    assertThat(run("tokens --model %s --no-bos ' the'", tokenizer).out())
        .doesNotContain("endoftext");
  }

  @Test
  void theDefaultModelAnswersAtOnceAndSaysWhatItKnows() {
    LimpidRun.World world =
        new LimpidRun.World(folder).with("LIMPID_BUNDLED", TestData.folder().resolve("models"));

    LimpidRun known =
        world.runLine("explain 'When Mary and John went to the store, John gave a drink to'");
    LimpidRun unknown = world.runLine("explain 'Zebras explain Zürich 🦓 to'");

    assertThat(known.code()).isZero();
    assertThat(known.err()).isEmpty();
    assertThat(known.out()).contains("\" Mary\"").contains("rank 1");
    assertThat(unknown.code()).isZero();
    assertThat(unknown.err().lines()).hasSize(1);
    assertThat(unknown.err()).contains("never met \"Zebras\"", "limpid models info demo-gpt2");
  }

  @Test
  void explainWritesAPageThatHoldsNothingForeign() throws IOException {
    String model = TestData.folder().resolve("models/demo-gpt2").toString();
    Path page = folder.resolve("page.html");
    String text = "</script><b>&\"' \u05e9\u05dc\u05d5\u05dd \ud83e\udd93 \u0007 \u202e to";

    LimpidRun run = run("explain --model %s --html %s %s", model, page, text);

    assertThat(run.code()).isZero();
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).doesNotContain("wrote");
    String html = Files.readString(page);
    assertThat(html.replaceAll("(?s)(?<=<script type=\"text/javascript\">).*?(?=</script>)", ""))
        .startsWith("<!DOCTYPE html>")
        .endsWith("</html>\n")
        .contains(
            "default-src &#39;none&#39;", "<svg", "model_sha256", "does not depend on which token")
        .doesNotContain("</script><b>", "<b>", "\u0007", "\u202e")
        .doesNotContainPattern("src=|href=\"(?!#edge-)");
    // The picture's own two, whatever a prompt says.
    assertThat(html.split("<script", -1)).hasSize(3);
    assertThat(html.split("</script", -1)).hasSize(3);
  }

  @Test
  void aPageThatCannotBeWrittenFailsBeforeTheModelIsLookedFor() {
    LimpidRun run = run("explain --model none a --html %s", folder.resolve("no/page.html"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("page.html: cannot be written: there is no folder");
    assertThat(run("explain a --json --html x.html").code()).isEqualTo(2);
  }

  private static Path golden(String name) {
    return TestData.folder().resolve("goldens").resolve(name);
  }

  private static SafetensorsFile expected(Path model) throws IOException {
    return SafetensorsFile.open(model.resolve("expected.safetensors"), Arena.ofAuto());
  }

  private static String ids(Path model) throws IOException {
    return Arrays.stream(expected(model).tensor("tokens").toInts())
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(","));
  }

  private LimpidRun run(String line, Object... values) {
    return new LimpidRun.World(folder).runLine(line, values);
  }

  private static JsonNode json(LimpidRun run) {
    assertThat(run.err()).isEmpty();
    return JsonMapper.shared().readTree(run.out().getBytes(StandardCharsets.UTF_8));
  }

  private static double max(float[] values) {
    double max = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      max = Math.max(max, value);
    }
    return max;
  }
}
