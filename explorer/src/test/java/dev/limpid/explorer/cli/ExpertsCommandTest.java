package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Experts, through the command line alone. */
class ExpertsCommandTest {
  /** Of goldens in float64, and of 6 decimals. */
  private static final double TOLERANCE = 1e-4;

  private static final Path SHARED = TestData.folder().resolve("goldens/qwen2-moe");
  private static final Path MIXED = TestData.folder().resolve("goldens/qwen3-moe");

  @TempDir Path folder;

  private LimpidRun run(String line, Object... values) {
    return new LimpidRun.World(folder).runLine(line, values);
  }

  private static JsonNode json(LimpidRun run) {
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mixtral",
        "qwen2-moe",
        "qwen3-moe",
        "olmoe",
        "gpt-oss",
        "granite-moe",
        "granite-moe-shared"
      })
  void neuronsSayWhichExpertsWroteAndWhichWereNearlyTaken(String name) throws IOException {
    Path model = TestData.folder().resolve("goldens").resolve(name);
    SafetensorsFile expected =
        SafetensorsFile.open(model.resolve("expected.safetensors"), Arena.ofAuto());
    int[] tokens = expected.tensor("tokens").toInts();
    int t = tokens.length - 2;
    String ids = Arrays.stream(tokens).mapToObj(Integer::toString).collect(Collectors.joining(","));

    JsonNode experts =
        json(run(
                "neurons --model %s --tokens %s --layer 0 --position %s --json",
                model, ids, "" + t))
            .path("experts");

    Tensor weights = expected.tensor("layers.0.expert_weight").toHeap();
    Tensor shares = expected.tensor("layers.0.experts").toHeap();
    int used = weights.dim(1);
    int[] index = expected.tensor("layers.0.expert_index").toInts();
    double sum = experts.path("residual").doubleValue();
    double last = Double.POSITIVE_INFINITY;
    for (int j = 0; j < used; j++) {
      JsonNode one = experts.path("written").get(j);
      assertThat(one.path("expert").intValue()).isEqualTo(index[t * used + j]);
      assertThat(one.path("weight").doubleValue()).isCloseTo(weights.get(t, j), within(TOLERANCE));
      assertThat(one.path("contribution").doubleValue())
          .isCloseTo(shares.get(t, index[t * used + j]), within(TOLERANCE));
      assertThat(one.path("router").doubleValue()).isLessThanOrEqualTo(last);
      last = one.path("router").doubleValue();
    }
    for (JsonNode one : experts.path("written")) {
      sum += one.path("contribution").doubleValue();
    }
    assertThat(sum).isCloseTo(1, within(TOLERANCE));
    for (JsonNode next : experts.path("passed")) {
      assertThat(next.path("router").doubleValue()).isLessThanOrEqualTo(last);
      last = next.path("router").doubleValue();
    }
    double probabilities =
        experts.findValues("probability").stream()
            .filter(p -> !p.isNull())
            .mapToDouble(JsonNode::doubleValue)
            .sum();
    assertThat(probabilities).isCloseTo(1, within(TOLERANCE)); // of few experts all are listed
  }

  @Test
  void peopleReadWhoseNeuronsTheyAre() {
    String out = run("neurons --model %s --tokens 3,1,4,1,5 --layer 1 --top 3", SHARED).out();
    assertThat(out)
        .contains("Which experts of layer 1 wrote to position 4 #5 (state before: 0.8159)")
        .contains("     3        0.1233    6.810  0.8267  82.7 %  #49")
        .contains("shared        0.0498    2.139  0.3759          #30")
        .contains("Nearly taken: 2 (5.9 %), 4 (2.4 %), 1 (0.1 %)")
        .contains("What the neurons of these experts brought to position 4 #5")
        .containsPattern("\n *3\\.6 .*\n *3\\.3 .*\n *shared\\.4 ");
    String dense = run("neurons --model %s --tokens 3,1,4 --layer 1", MIXED).out();
    assertThat(dense).doesNotContain("expert");
  }

  @Test
  void whatAModelIsSaysItsExperts() {
    assertThat(run("models info %s", SHARED).out())
        .contains("experts     5 of 17 neurons, 2 for each position, and one of 23 for all\n")
        .doesNotContain("in each layer");
    assertThat(run("models info %s", MIXED).out())
        .contains("neurons     43 in an MLP\n")
        .contains("experts     5 of 19 neurons, 3 for each position; in 2 of the layers\n");
  }

  /** Without a norm behind them, all that they write is what the MLP writes. */
  @Test
  void allExpertsPutToZeroAreTheMlpPutToZero() throws IOException {
    Path file = folder.resolve("changes.json");
    Files.writeString(
        file,
        """
        {"interventions": [
          {"site": "expert_out", "layer": 1, "expert": [0, 1, 2, 3, 4], "position": -1, "do": "zero"},
          {"site": "shared_out", "layer": "all", "position": -1, "do": "scale", "factor": 1},
          {"site": "shared_out", "layer": 1, "position": -1, "do": "zero"}]}
        """);
    JsonNode experts =
        json(
            run(
                "ablate --model %s --tokens 3,1,4,1,5 --interventions %s --json",
                SHARED, file.toString()));
    JsonNode mlp =
        json(run("ablate --model %s --tokens 3,1,4,1,5 --zero mlp_out.1@-1 --json", SHARED));
    assertThat(experts.path("after")).isEqualTo(mlp.path("after"));
    assertThat(experts.path("after")).isNotEqualTo(experts.path("before"));
    assertThat(experts.path("interventions").get(0).path("expert").size()).isEqualTo(5);
    assertThat(run("ablate --model %s --tokens 3,1,4 --zero expert_out.1.3@2", SHARED).out())
        .contains("expert_out put to zero: layer 1, expert 3, position 2");
  }

  /** What an expert writes is 0 where the router sends nothing, in the source as well. */
  @Test
  void allExpertsOfTheSourceAreItsMlp() {
    String runs = " --tokens 3,1,4,1,5 --source-tokens 3,1,4,2,6 --json";
    JsonNode experts =
        json(
            run(
                "ablate --model %s --patch expert_out.1@-1 --patch shared_out.1@-1" + runs,
                SHARED));
    JsonNode mlp = json(run("ablate --model %s --patch mlp_out.1@-1" + runs, SHARED));
    for (String number : new String[] {"log_probability", "kl"}) {
      assertThat(experts.path("after").path(number).doubleValue())
          .isCloseTo(mlp.path("after").path(number).doubleValue(), within(TOLERANCE));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          qwen2-moe | ablate --zero expert_out.1.5 | expert_out.1.5: layer 1 has experts 0 to 4
          qwen2-moe | ablate --zero expert_out.2.0 | expert_out.2: the model has layers 0 to 1
          qwen2-moe | ablate --zero expert_out.1.0@3 | expert_out.1.0@3: the prompt has positions 0 to 2
          qwen2-moe | patch --site neuron_post | neuron_post.0.0@0: layer 0 has experts, whose neurons fire only where the router sends a position; change expert_out
          mixtral | ablate --zero shared_out.1@0 | shared_out.1@0: layer 1 has no expert that all positions go to
          qwen3-moe | ablate --zero expert_out.1.0 | expert_out.1: layer 1 has no experts; change mlp_out
          qwen3-moe | patch --site expert_out --layers 1 | expert_out.1.0@0: layer 1 has no experts; change mlp_out
          gpt2-defaults | ablate --zero expert_out.1.0 | expert_out.1: layer 1 has no experts; change mlp_out
          gpt2-defaults | ablate --zero shared_out.1@0 | shared_out.1@0: layer 1 has no experts; change mlp_out
          gpt2-defaults | ablate --source-tokens 3,2,4 --patch shared_out.*@0 | shared_out.0@0: layer 0 has no experts; change mlp_out
          gpt2-defaults | patch --site expert_out | expert_out.0.0@0: layer 0 has no experts; change mlp_out
          gpt2-defaults | patch --site shared_out --source-tokens 3,2,4 | shared_out.0@0: layer 0 has no experts; change mlp_out
          """)
  void whatIsNotThereIsNamed(String model, String command, String message) {
    Path at = TestData.folder().resolve("goldens").resolve(model);
    LimpidRun run = run(command + " --model %s --tokens 3,1,4", at);
    assertThat(run.err()).isEqualTo("limpid: " + message + "\n");
    assertThat(run.code()).isEqualTo(1);
  }

  /** All layers are those that have experts. */
  @Test
  void sweepsGoOverTheLayersThatHaveThem() {
    JsonNode patch = json(run("patch --model %s --tokens 3,1,4 --site expert_out --json", MIXED));
    assertThat(patch.path("layers").toString()).isEqualTo("[0,2]");
    assertThat(patch.path("axes").toString()).isEqualTo("[\"layer\",\"expert\",\"position\"]");
    assertThat(patch.path("effects").get(1).size()).isEqualTo(5);
  }
}
