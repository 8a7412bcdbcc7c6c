package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code limpid attention}: what heads look at, as numbers and as a picture. */
class AttentionCommandTest {
  private static final String TEXT = "When Mary and John went to the store, John gave a drink to";

  /** Of float32 attention beside float64, and of 6 decimals. */
  private static final double TOLERANCE = 1e-5;

  @TempDir Path home;

  private LimpidRun run(int columns, String... arguments) {
    LimpidRun run =
        new LimpidRun.World(home)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .with("COLUMNS", columns)
            .run(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    return run;
  }

  @Test
  void rowsAreThoseOfTheGoldenPattern() throws IOException {
    String model = TestData.folder().resolve("goldens/gpt2-erf-gelu").toString();
    SafetensorsFile golden =
        SafetensorsFile.open(Path.of(model, "expected.safetensors"), Arena.ofAuto());
    Tensor pattern = golden.tensor("layers.1.pattern").toHeap();
    int nPositions = pattern.dim(1);
    String tokens =
        Arrays.stream(golden.tensor("tokens").toInts())
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(","));

    JsonNode rows =
        JsonMapper.shared()
            .readTree(
                run(
                        80,
                        "attention",
                        "--model",
                        model,
                        "--tokens",
                        tokens,
                        "--layer",
                        "1",
                        "--head",
                        "1",
                        "--json")
                    .out()
                    .getBytes(StandardCharsets.UTF_8))
            .path("rows");

    assertThat(rows.size()).isEqualTo(nPositions);
    for (int q = 0; q < nPositions; q++) {
      JsonNode row = rows.get(q);
      assertThat(row.path("head").intValue()).isEqualTo(1);
      assertThat(row.path("position").intValue()).isEqualTo(q);
      assertThat(row.path("attention").size()).isEqualTo(q + 1);
      for (int k = 0; k <= q; k++) {
        assertThat(row.path("attention").get(k).doubleValue())
            .isCloseTo(pattern.get(1, q, k), within(TOLERANCE));
      }
    }
  }

  @Test
  void allHeadsShowTheirLargestKeys() {
    List<String> lines = run(80, "attention", TEXT, "--layer", "2").out().lines().toList();
    assertThat(lines).hasSize(9);
    assertThat(lines.getFirst())
        .isEqualTo("What the heads of layer 2 look at from position 14 \" to\"");
    assertThat(lines.get(1)).matches(" *head  0 +2 \" Mary\" +9\\d\\.\\d % .*");
  }

  @Test
  void aHeadIsAPicture() {
    List<String> lines =
        run(80, "attention", TEXT, "--layer", "2", "--head", "0").out().lines().toList();
    assertThat(lines).hasSize(18);
    assertThat(lines.get(1)).endsWith("0   2   4   6   8   10  12  14");
    assertThat(lines.get(16)).isEqualTo(" 14 \" to\"          ····██························");
  }

  @Test
  void aRowOfAHeadHasBars() {
    List<String> lines =
        run(80, "attention", TEXT, "--layer", "2", "--head", "0", "--position", "-1")
            .out()
            .lines()
            .toList();
    assertThat(lines).hasSize(16);
    assertThat(lines.get(1)).matches(" +2 +\" Mary\" +9\\d\\.\\d % +█{20,}.?");
  }

  @Test
  void whatDoesNotFitIsSaid() {
    String many = (TEXT + " ").repeat(6);
    LimpidRun run = run(80, "attention", many, "--layer", "2", "--head", "0");
    assertThat(run.out()).contains("the 40 rows that look most at one token behind the first");
    assertThat(run(160, "attention", many, "--layer", "2", "--head", "0").out())
        .doesNotContain("the 40 rows");
  }

  @Test
  void aHeadThatIsNotThereIsRefused() {
    LimpidRun run =
        new LimpidRun.World(home)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .run("attention", TEXT, "--layer", "1", "--head", "8");
    assertThat(run.code()).isEqualTo(ExitCode.FAILED);
    assertThat(run.err())
        .isEqualTo(
            "limpid: head 8 is not in the model, whose heads go from 0 to 7 in each layer\n");
  }

  @Test
  void lensFollowsOneToken() throws IOException {
    LimpidRun text = run(80, "lens", TEXT, "--answer", " Mary");
    assertThat(text.out().lines().toList())
        .hasSize(6)
        .satisfies(lines -> assertThat(lines.getLast()).matches(" +3 +1 .* 99\\.\\d %  █{20,}.?"));
    JsonNode states =
        JsonMapper.shared()
            .readTree(run(80, "lens", TEXT, "--answer", " Mary", "--layer", "all", "--json").out())
            .path("states");
    assertThat(states.size()).isEqualTo(4);
    assertThat(states.get(3).path("chosen")).isEqualTo(states.get(3).path("top").get(0));
    assertThat(states.get(0).path("chosen").path("rank").intValue()).isGreaterThan(10);
    assertThat(run(80, "lens", TEXT, "--json").out()).doesNotContain("chosen");
  }

  @Test
  void lensOfAllPositionsNamesTheirTokens() {
    assertThat(run(80, "lens", TEXT, "--position", "all", "--layer", "3").out())
        .contains("  2 \" Mary\"", "  12 \" a\"");
  }
}
