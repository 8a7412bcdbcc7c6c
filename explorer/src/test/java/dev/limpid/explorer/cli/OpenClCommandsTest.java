package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.Close;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every command answers on a device as on the processor. */
@Tag("opencl")
class OpenClCommandsTest {
  private static final double TOLERANCE = 1e-4;

  /** Of correlations of ranks, where two scores that rounding parts may change places. */
  private static final double OF_RANKS = 1e-3;

  private static final String PROMPT = "When Mary and John went to the store, John gave a drink to";

  @TempDir private Path home;

  private LimpidRun run(boolean onDevice, String line, String... more) {
    List<String> words = new ArrayList<>(LimpidRun.words(line));
    words.addAll(List.of(more));
    if (onDevice) {
      words.addAll(1, List.of("--device", "opencl"));
    }
    LimpidRun run = new LimpidRun.World(home).run(words.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    return run;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "explain --json --answer ' Mary' --distractor ' John'",
        "explain --json --model demo-llama --threshold 0.02",
        "routes --model demo-opt",
        "routes --position all --mode raw",
        "lens --json --state resid_mid --position all",
        "heads --json --layer 1 --position -1",
        "heads --json --roles",
        "neurons --json --layer 0 --position 3",
        "logits --json --answer ' Mary' --distractor ' John' --by head",
        "logits --json --answer ' Mary' --distractor ' John' --by token",
        "attention --json --layer 1",
        "qk --json --layer 1 --head 0 --position 5 --key 2",
        "ablate --json --zero head_out.1.0",
        "patch --json --site head_out --source 'When John and Mary went to the store, Mary gave a"
            + " drink to' --answer ' Mary' --distractor ' John'",
        "patch --json --site attention --layers 1 --ablation zero --answer ' Mary' --distractor"
            + " ' John'",
        "attribute --json --answer ' Mary' --distractor ' John' --method integrated_gradients",
        "attribute --json --model demo-llama --answer ' Mary' --distractor ' John' --method relevance",
        "explain --json --answer ' Mary' --distractor ' John' --faithful",
        "faithfulness --json --answer ' Mary' --distractor ' John'",
        "faithfulness --json --correlations --answer ' Mary' --distractor ' John'",
        "heads --json --layer 1 --links",
        "heads --json --layer 1 --position -1 --key 3",
        "lens --json --answer ' Mary'",
        "logits --json --answer ' Mary' --distractor ' John' --by layer",
        "ablate --json --zero attention.1.0@14:3",
        "patch --json --receiver logits --source 'When John and Mary went to the store, Mary gave a"
            + " drink to' --answer ' Mary' --distractor ' John'",
        "patch --json --receiver mlp_in.1 --source 'When John and Mary went to the store, Mary gave"
            + " a drink to' --answer ' Mary' --distractor ' John'",
        "attribute --json --method saliency --patterns frozen --answer ' Mary' --distractor ' John'",
        "attribute --json --method attribution_patching_ig --source 'When John and Mary went to the"
            + " store, Mary gave a drink to' --answer ' Mary' --distractor ' John'",
        "generate --json --max-new 5"
      })
  void answersAreThoseOfTheProcessor(String line) {
    boolean withText = !line.contains("--roles");
    String[] text = withText ? new String[] {PROMPT} : new String[] {};
    String here = run(false, line, text).out();
    String there = run(true, line, text).out();
    JsonMapper json = JsonMapper.shared();
    same("", json.readTree(here), json.readTree(there));
  }

  @Test
  void corporaAreSummedUpAlike() throws IOException {
    Path prompts = home.resolve("prompts.txt");
    Files.writeString(prompts, PROMPT + "\nMary and John went home\nThe cat sat on the mat\n");
    String line = "corpus --json " + prompts + " --out ";
    String here = run(false, line + home.resolve("here")).out();
    String there = run(true, line + home.resolve("there")).out();
    JsonMapper json = JsonMapper.shared();
    same("", json.readTree(here), json.readTree(there));
  }

  private static void same(String where, JsonNode here, JsonNode there) {
    if (where.endsWith(".model")) {
      assertThat(there.path("backend").asString()).startsWith("opencl");
      return;
    }
    if (here.isObject()) {
      assertThat(new TreeSet<>(there.propertyNames()))
          .as(where)
          .isEqualTo(new TreeSet<>(here.propertyNames()));
      here.properties()
          .forEach(p -> same(where + "." + p.getKey(), p.getValue(), there.path(p.getKey())));
    } else if (here.isArray()) {
      assertThat(there.size()).as(where).isEqualTo(here.size());
      for (int i = 0; i < here.size(); i++) {
        same(where + "[" + i + "]", here.get(i), there.get(i));
      }
    } else if (here.isNumber() && !here.isInt()) {
      double wanted = here.asDouble();
      boolean isOfRanks = where.endsWith(".kendall") || where.endsWith(".spearman");
      double tolerance = isOfRanks ? OF_RANKS : TOLERANCE;
      assertThat(there.asDouble())
          .as(where)
          .isCloseTo(wanted, within(tolerance * Math.max(1, Math.abs(wanted))));
    } else {
      assertThat(there).as(where).isEqualTo(here);
    }
  }

  @Test
  void textsAreContinuedAlike() {
    String line = "generate --max-new 30";
    assertThat(run(true, line, PROMPT).out()).isEqualTo(run(false, line, PROMPT).out());
    String drawn = "generate --max-new 20 --temperature 0.8 --seed 3";
    assertThat(run(true, drawn, PROMPT).out()).isEqualTo(run(false, drawn, PROMPT).out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"trace", "contributions --bias separate"})
  void filesHoldTheSameNumbers(String line) throws IOException {
    Path here = home.resolve("here.safetensors");
    Path there = home.resolve("there.safetensors");
    run(false, line + " --model demo-llama --out " + here, PROMPT);
    run(true, line + " --model demo-llama --out " + there, PROMPT);
    SafetensorsFile wanted = SafetensorsFile.open(here, Arena.ofAuto());
    SafetensorsFile actual = SafetensorsFile.open(there, Arena.ofAuto());
    assertThat(actual.names()).isEqualTo(wanted.names());
    for (String name : wanted.names()) {
      Tensor tensor = wanted.tensor(name);
      if (name.endsWith("unexplained")) {
        // What rounding leaves, of which no digit is the same.
        float[] zeros = new float[(int) tensor.size()];
        assertThat(actual.tensor(name).toFloats()).containsExactly(zeros, within(1e-5f));
      } else if (!name.equals("tokens")) {
        Close.assertCloseToLargest(
            name, actual.tensor(name).toFloats(), tensor.toFloats(), TOLERANCE);
      }
    }
    assertThat(actual.metadata().get("backend")).startsWith("opencl: opencl:0, ");
  }

  @Test
  void aDeviceThatIsNotThereIsAnError() {
    LimpidRun run = new LimpidRun.World(home).run("explain", "--device", "opencl:99", PROMPT);
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err()).contains("there is no device 'opencl:99'; there are: opencl:0");
    assertThat(run.err().lines()).hasSize(1);
  }

  @Test
  void doctorListsDevices() {
    LimpidRun run = new LimpidRun.World(home).run("doctor");
    assertThat(run.out())
        .containsPattern("backend   opencl: available: \\d+ devices?")
        .containsPattern(
            " {2}device  .+, \\S+ [GM]iB, .+ \\(--device opencl:0(; not for auto)?\\)");
    JsonNode document =
        JsonMapper.shared().readTree(new LimpidRun.World(home).run("doctor", "--json").out());
    JsonNode opencl =
        document
            .path("backends")
            .valueStream()
            .filter(backend -> backend.path("name").asString().equals("opencl"))
            .findFirst()
            .orElseThrow();
    JsonNode device = opencl.path("devices").path(0);
    assertThat(device.path("name").asString()).isEqualTo("opencl:0");
    assertThat(device.path("memory_bytes").asLong()).isPositive();
    assertThat(device.path("driver").asString()).isNotEmpty();
  }

  @Test
  void autoSaysOnceWhereItComputes() {
    LimpidRun run = new LimpidRun.World(home).run("explain", "--device", "auto", PROMPT);
    assertThat(run.code()).isEqualTo(ExitCode.DONE);
    assertThat(run.err().lines().count()).isLessThanOrEqualTo(1);
  }
}
