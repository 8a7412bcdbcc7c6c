package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code limpid attribute} by the command line alone. */
class AttributeCommandTest {
  private static final String DEMO = TestData.folder().resolve("models/demo-llama").toString();
  private static final String TEXT = "When Mary and John went to the store, John gave a drink to";
  private static final String SOURCE = "When Mary and John went to the store, Mary gave a drink to";
  private static final String QUESTION =
      "attribute --model %s '%s' --answer ' Mary' --distractor ' John' ";

  /** Decimals of a document, summed over a few dozen numbers. */
  private static final double DECIMALS = 1e-4;

  @TempDir Path folder;

  private LimpidRun run(String line, Object... values) {
    return new LimpidRun.World(folder).runLine(line, values);
  }

  private JsonNode json(String options, Object... values) {
    Object[] all = new Object[values.length + 2];
    all[0] = DEMO;
    all[1] = TEXT;
    System.arraycopy(values, 0, all, 2, values.length);
    LimpidRun run = run(QUESTION + options + " --json", all);
    assertThat(run.code()).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  @Test
  void relevanceOfTokensAddsUpWithFrozenPatterns() {
    JsonNode document = json("--alpha 0");

    assertThat(document.path("method").asString()).isEqualTo("relevance");
    assertThat(document.path("sum").doubleValue())
        .isCloseTo(document.path("value").doubleValue(), within(1e-3));
    assertThat(document.path("scores").size()).isEqualTo(document.path("tokens").size());
    assertThat(json("--patterns frozen").path("scores")).isEqualTo(document.path("scores"));
  }

  @Test
  void integratedGradientsReachTheSource() {
    JsonNode document = json("--method integrated_gradients --steps 32 --source '%s'", SOURCE);

    double difference = document.path("difference").doubleValue();
    assertThat(document.path("error").doubleValue())
        .isCloseTo(document.path("sum").doubleValue() - difference, within(DECIMALS));
    assertThat(Math.abs(document.path("error").doubleValue()))
        .isLessThan(0.05 * Math.abs(difference));
    assertThat(document.path("value").doubleValue() - document.path("baseline").doubleValue())
        .isCloseTo(difference, within(DECIMALS));
  }

  @Test
  void aPathThatIsNotFollowedIsWarnedOf() {
    LimpidRun run = run(QUESTION + "--method integrated_gradients --steps 1 --json", DEMO, TEXT);

    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("limpid: warning: the scores sum to").contains("--source");
  }

  @Test
  void filesHoldTheScoresOfTheDocument() throws IOException {
    Path out = folder.resolve("a.safetensors");
    JsonNode document = json("--method attribution_patching --source '%s' --out %s", SOURCE, out);

    SafetensorsFile file = SafetensorsFile.open(out, Arena.ofAuto());
    int nLayers = document.path("head_out").size();
    for (int l = 0; l < nLayers; l++) {
      Tensor terms = file.tensor("layers." + l + ".attention");
      Tensor heads = file.tensor("layers." + l + ".head_out");
      Tensor mlp = file.tensor("layers." + l + ".mlp_out");
      for (int t = 0; t < terms.dim(0); t++) {
        assertThat((double) mlp.get(t))
            .isCloseTo(document.path("mlp_out").get(l).get(t).doubleValue(), within(DECIMALS));
        for (int h = 0; h < terms.dim(2); h++) {
          double sum = 0;
          for (int k = 0; k < terms.dim(1); k++) {
            sum += terms.get(t, k, h);
          }
          assertThat((double) heads.get(h, t)).isCloseTo(sum, within(DECIMALS));
          assertThat(sum)
              .isCloseTo(
                  document.path("head_out").get(l).get(h).get(t).doubleValue(), within(DECIMALS));
        }
      }
      for (String kind :
          List.of("resid_pre", "resid_mid", "resid_post", "neuron_pre", "neuron_post", "pattern")) {
        assertThat(file.names()).contains("gradient.layers." + l + "." + kind);
      }
    }
    assertThat(file.metadata()).containsEntry("method", "attribution_patching");
  }

  @Test
  void theMeanOfTheSourceAloneIsPatching() throws IOException {
    Path references = folder.resolve("r.jsonl");
    Files.writeString(references, "{\"text\": \"" + SOURCE + "\", \"task\": \"x\"}\n\n");

    JsonNode patch = json("--method attribution_patching --source '%s'", SOURCE);
    JsonNode mean =
        json("--method attribution_patching --ablation mean --reference %s", references);

    assertThat(mean.path("head_out")).isEqualTo(patch.path("head_out"));
    assertThat(mean.path("mlp_out")).isEqualTo(patch.path("mlp_out"));
    assertThat(patch.path("ablation").asString()).isEqualTo("patch");
  }

  @Test
  void aPersonSeesWhatCounts() {
    LimpidRun components = run(QUESTION, DEMO, TEXT);
    LimpidRun tokens = run(QUESTION + "--by token --source '%s'", DEMO, TEXT, SOURCE);

    assertThat(components.out())
        .contains("logit(\" Mary\") - logit(\" John\")")
        .contains("layer ")
        .contains("MLP")
        .contains("from 2 \" Mary\"");
    assertThat(tokens.out()).contains("█").contains("for the source").contains("sum");
    String many = (TEXT + " ").repeat(4).strip();
    LimpidRun largest = run("attribute --model %s '%s' --method saliency", DEMO, many);
    assertThat(largest.out().lines().filter(line -> line.matches(" *\\d+  \".*"))).hasSize(40);
    assertThat(largest.out()).contains(" more ");
  }

  static List<Arguments> refusals() {
    return List.of(
        Arguments.of("--method attribution_patching_ig", ExitCode.USAGE, "needs a --source"),
        Arguments.of("--method magic", ExitCode.USAGE, "one of"),
        Arguments.of("--by token --method relevance", ExitCode.USAGE, "by component"),
        Arguments.of("--steps 3", ExitCode.USAGE, "--steps: means nothing for relevance"),
        Arguments.of("--by token --steps 0", ExitCode.USAGE, "0 steps"),
        Arguments.of("--alpha 1.5", ExitCode.USAGE, "from 0 to 1"),
        Arguments.of("--method attribution_patching --ablation patch", ExitCode.USAGE, "--source"),
        Arguments.of(
            "--method attribution_patching --ablation mean", ExitCode.USAGE, "--reference"),
        Arguments.of("--metric kl", ExitCode.FAILED, "relevance of kl"),
        Arguments.of("--by token --source 'When'", ExitCode.FAILED, "the source has"),
        Arguments.of("--source 'When' --source-tokens 1", ExitCode.USAGE, "more than one source"),
        Arguments.of("--position 99", ExitCode.FAILED, "position 99"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void whatCannotBeAskedIsSaidInOneLine(String options, int code, String line) {
    LimpidRun run = run(QUESTION + options, DEMO, TEXT);

    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err().strip()).contains(line).startsWith("limpid: ").doesNotContain("\n");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void referencesAreRefusedByLine() throws IOException {
    Path references = folder.resolve("r.jsonl");
    String question = QUESTION + "--method attribution_patching --ablation mean --reference %s";
    record Refusal(String content, String line) {}
    for (Refusal refusal :
        List.of(
            new Refusal("", "r.jsonl: holds no prompts"),
            new Refusal("{\"tokens\":[1,2]}\n", "r.jsonl:1 has 2 tokens, the prompt has"),
            new Refusal("\n{\"tokens\":[1,\n", "r.jsonl:2: not valid JSON"),
            new Refusal("[1]\n", "r.jsonl:1: not a JSON object"),
            new Refusal("{\"answer\":\"x\"}\n", "r.jsonl:1: no prompt"),
            new Refusal("{\"tokens\":[99999]}\n", "r.jsonl:1: "))) {
      Files.writeString(references, refusal.content());
      LimpidRun run = run(question, DEMO, TEXT, references);
      assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FAILED);
      assertThat(run.err().strip()).contains(refusal.line()).doesNotContain("\n");
    }
  }

  @Test
  void sameAnswerAndDistractorAreNoQuestion() {
    LimpidRun run =
        run("attribute --model %s '%s' --answer ' Mary' --distractor ' Mary'", DEMO, TEXT);

    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("same token").doesNotContain("Exception");
  }
}
