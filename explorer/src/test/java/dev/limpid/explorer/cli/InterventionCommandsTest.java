package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ablate}, {@code patch}, {@code faithfulness} and {@code qk}. */
class InterventionCommandsTest {
  private static final String MODEL = TestData.folder().resolve("models/demo-gpt2").toString();
  private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";
  private static final String OTHER = "When John and Mary went to the store, Mary gave a drink to";

  @TempDir private Path folder;

  private LimpidRun run(String line, Object... values) {
    List<String> words = LimpidRun.words(line, values);
    return new LimpidRun.World(folder).run(words.toArray(String[]::new));
  }

  private JsonNode json(String line, Object... values) {
    LimpidRun run = run(line + " --json", values);
    assertThat(run.code()).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  @Test
  void theNameMoversAreNeeded() {
    JsonNode document =
        json(
            "ablate --model %s %s --zero head_out.2.0 --zero head_out.2.4"
                + " --answer %s --distractor %s",
            MODEL, PROMPT, " Mary", " John");
    assertThat(document.at("/before/logit_difference").asDouble()).isGreaterThan(9);
    assertThat(document.at("/after/logit_difference").asDouble()).isLessThan(2);
    assertThat(document.at("/before/kl").asDouble()).isZero();
    assertThat(document.at("/after/kl").asDouble()).isPositive();
    assertThat(document.at("/interventions/0/position").asString()).isEqualTo("all");
  }

  @Test
  void whatIsPatchedEverywhereAnswersLikeTheSource() {
    JsonNode patched =
        json(
            "ablate --model %s %s --patch resid_post.1 --source %s --answer %s --distractor %s",
            MODEL, PROMPT, OTHER, " Mary", " John");
    JsonNode source =
        json(
            "ablate --model %s %s --scale mlp_out.0=1 --answer %s --distractor %s",
            MODEL, OTHER, " Mary", " John");
    assertThat(patched.at("/after/logit_difference").asDouble())
        .isCloseTo(source.at("/before/logit_difference").asDouble(), within(1e-4));
  }

  @Test
  void nothingChangedChangesNothing() throws IOException {
    Path file = folder.resolve("none.json");
    Files.writeString(file, "{\"interventions\":[]}");
    JsonNode document = json("ablate --model %s %s --interventions %s", MODEL, PROMPT, file);
    assertThat(document.get("after")).isEqualTo(document.get("before"));
    assertThat(document.at("/after/kl").asDouble()).isZero();
  }

  @Test
  void aFileSaysWhatOptionsSay() throws IOException {
    Path file = folder.resolve("changes.json");
    Files.writeString(
        file,
        "{\"interventions\":[{\"site\":\"attention\",\"layer\":2,\"head\":[0,4],\"position\":14,"
            + "\"key\":2,\"do\":\"zero\",\"renormalise\":true}]}");
    JsonNode byFile = json("ablate --model %s %s --interventions %s", MODEL, PROMPT, file);
    JsonNode byOptions =
        json(
            "ablate --model %s %s --renormalise --zero attention.2.0@14:2 --zero"
                + " attention.2.4@14:2",
            MODEL, PROMPT);
    assertThat(byFile.get("after")).isEqualTo(byOptions.get("after"));
  }

  @Test
  void positionsAndKeysCountFromTheEndToo() {
    JsonNode fromEnd = json("ablate --model %s %s --zero attention.2.0@-1:-13", MODEL, PROMPT);
    JsonNode fromStart = json("ablate --model %s %s --zero attention.2.0@14:2", MODEL, PROMPT);
    assertThat(fromEnd).isEqualTo(fromStart);
    assertThat(fromStart.get("after")).isNotEqualTo(fromStart.get("before"));
  }

  @Test
  void aSweepHasOneEffectForEachPlace() {
    JsonNode heads =
        json(
            "patch --model %s %s --site head_out --source %s --answer %s --distractor %s",
            MODEL, PROMPT, OTHER, " Mary", " John");
    assertThat(heads.get("effects").size()).isEqualTo(4);
    assertThat(heads.at("/effects/0").size()).isEqualTo(8);
    assertThat(heads.at("/effects/0/0").size()).isEqualTo(15);
    assertThat(heads.get("passes").asInt()).isEqualTo(4 * 8 * 15);
    JsonNode residuals =
        json(
            "patch --model %s %s --site resid_post --layers 3 --source %s --answer %s --distractor %s",
            MODEL, PROMPT, OTHER, " Mary", " John");
    assertThat(residuals.at("/effects/0/14").asDouble())
        .as("the last state is all there is")
        .isCloseTo(residuals.get("span").asDouble(), within(1e-4));
    JsonNode sample = json("patch --model %s %s --site attention --sample 40", MODEL, PROMPT);
    assertThat(sample.get("effects").size()).isEqualTo(40);
    assertThat(sample.at("/effects/0").size()).isEqualTo(5);
  }

  @Test
  void theDirectEffectOfNothingChangedIsNothing() {
    JsonNode paths =
        json(
            "patch --model %s %s --receiver query.2.0 --source %s --answer %s",
            MODEL, PROMPT, PROMPT, " Mary");
    assertThat(paths.at("/effects/embedding").asDouble()).isZero();
    assertThat(paths.at("/effects/head_out").size()).isEqualTo(2);
  }

  @Test
  void aScoreIsTheSumOfItsPairs() {
    JsonNode qk = json("qk --model %s %s --layer 2 --head 0 --key 2 --top 0", MODEL, PROMPT);
    double sum = 0;
    for (JsonNode pair : qk.get("pairs")) {
      sum += pair.get("score").asDouble();
    }
    assertThat(sum).isCloseTo(qk.get("score").asDouble(), within(5e-3));
  }

  @Test
  void promptsThatCannotBeRunAreNamedAndTheRestGoesOn() throws IOException {
    Path file = folder.resolve("prompts.jsonl");
    Files.writeString(
        file,
        "{\"text\":\"%s\",\"answer\":\" Mary\",\"distractor\":\" John\",\"source\":\"%s\"}%n"
                .formatted(PROMPT, OTHER)
            + "{\"tokens\":[999999],\"answer\":\"#0\",\"distractor\":\"#1\",\"source_tokens\":[1]}\n");
    LimpidRun run = run("faithfulness --model %s --prompts %s --random 3 --json", MODEL, file);
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode document = JsonMapper.shared().readTree(run.out());
    assertThat(document.get("prompts").asInt()).isEqualTo(1);
    assertThat(document.at("/skipped/0/prompt").asString()).endsWith("prompts.jsonl:2");
    assertThat(run.err()).contains("prompts.jsonl:2");
    assertThat(document.at("/curves/0/recovered/9").asDouble()).isCloseTo(1, within(1e-6));
    assertThat(document.get("ablation").asString()).isEqualTo("patch");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | head_out.2.9: layer 2 has heads 0 to 7 | ablate --model %s %s --zero head_out.2.9",
        "1 | mlp_out.7: the model has layers 0 to 3 | ablate --model %s %s --zero mlp_out.7",
        "1 | mlp_out.0@15: the prompt has positions 0 to 14 | ablate --model %s %s --zero mlp_out.0@15",
        "1 | it sees keys 0 to 1 | ablate --model %s %s --zero attention.0@1:2",
        "2 | no site 'hook_z' | ablate --model %s %s --zero hook_z.0.0",
        "2 | no address | ablate --model %s %s --zero head_out",
        "2 | a change is missing | ablate --model %s %s",
        "2 | needs a --source | ablate --model %s %s --patch mlp_out.0",
        "2 | needs a --reference | ablate --model %s %s --mean mlp_out.0",
        "2 | not a finite number | ablate --model %s %s --scale mlp_out.0=1e99",
        "2 | not ADDR=F | ablate --model %s %s --scale mlp_out.0",
        "2 | only of attention | ablate --model %s %s --zero mlp_out.0 --renormalise",
        "2 | --site=SITE or --receiver=R is missing | patch --model %s %s",
        "1 | each layer has heads 0 to 7 | patch --model %s %s --receiver query.1.8",
        "1 | the model has layers 0 to 3 | patch --model %s %s --receiver mlp_in.4",
        "2 | is none of logits | patch --model %s %s --receiver everything",
        "2 | of one position | patch --model %s %s --site attention --all-positions",
        "2 | with --site attention | patch --model %s %s --site mlp_out --sample 3",
        "1 | head 8 is not in layer 1 | qk --model %s %s --layer 1 --head 8 --key 0",
        "1 | not seen from position 3 | qk --model %s %s --layer 1 --head 0 --key 4 --position 3",
        "2 | needs a --source | faithfulness --model %s %s --methods attribution_patching_ig",
        "2 | must be in [0, 1) | faithfulness --model %s %s --threshold 1.5",
        "2 | leave out MLPs | faithfulness --model %s %s --methods attention",
      })
  void whatCannotBeDoneIsSaidInOneLine(int code, String said, String line) {
    LimpidRun run = run(line, MODEL, PROMPT);
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.err()).contains(said.strip()).doesNotContain("Exception", "\tat ");
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[ | not valid JSON",
        "[] | a list of interventions",
        "{'interventions':[{'site':'hook','layer':0,'do':'zero'}]} | one of resid_pre",
        "{'interventions':[{'site':'mlp_out','layer':0,'do':'explode'}]} | one of zero",
        "{'interventions':[{'site':'mlp_out','do':'zero'}]} | layer: is missing",
        "{'interventions':[{'site':'mlp_out','layer':0,'head':1,'do':'zero'}]} | head: means nothing",
        "{'interventions':[{'site':'mlp_out','layer':0.5,'do':'zero'}]} | a number, a list",
        "{'interventions':[{'site':'mlp_out','layer':0,'do':'set','vector':[1,2]}]} | given are 2",
        "{'interventions':[{'site':'mlp_out','layer':0,'do':'scale','factor':1e999}]} | finite",
        "{'interventions':[{'site':'attention','layer':0,'do':'set','vector':[1]}]} | attention",
        "{'interventions':[{'site':'head_out','layer':0,'do':'zero','renormalise':true}]} | only of",
        "{'interventions':[],'interventions':[]} | not valid JSON",
        "{'interventions':[],'more':1} | more",
      })
  void filesThatSayNothingAreRefused(String json, String said) throws IOException {
    Path file = folder.resolve("changes.json");
    Files.writeString(file, json.strip().replace('\'', '"'));
    LimpidRun run = run("ablate --model %s %s --interventions %s", MODEL, PROMPT, file);
    assertThat(run.code()).as(run.err()).isEqualTo(1);
    assertThat(run.err()).contains(said.strip()).doesNotContain("Exception", "\tat ");
    assertThat(run.err().lines()).hasSize(1);
  }
}
