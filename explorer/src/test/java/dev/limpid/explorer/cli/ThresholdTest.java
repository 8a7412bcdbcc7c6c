package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.testdata.TestData;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The threshold that fits, and what is said of what lies below. */
class ThresholdTest {
  private static final String TEXT = "When Mary and John went to the store, John gave a drink to";
  private static final String ENDED = "The capital of France is Paris.";

  @TempDir Path home;

  private String out(String... arguments) {
    LimpidRun run =
        new LimpidRun.World(home)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .run(arguments);
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
    return run.out();
  }

  private JsonNode json(String... arguments) {
    return JsonMapper.shared().readTree(out(arguments));
  }

  @Test
  void whereTheHighestTellsEnoughItStaysAndSaysWhatItLeavesOut() {
    assertThat(out("explain", TEXT))
        .contains("Route (threshold 0.04, renormalised): 38 nodes, 60 edges")
        .contains("Layer 2 reads \" Mary\" into the last word: head 0 (48.3 %).")
        .contains("Edges above 0.04 carry 90.4 % of a state here on average, and 42.4 %");
    assertThat(json("explain", TEXT, "--json").path("threshold").asDouble()).isEqualTo(0.04);
  }

  @Test
  void explainFitsAndRoutesOnlyWhenAsked() {
    JsonNode explained = json("explain", ENDED, "--json");
    JsonNode fitting = json("routes", ENDED, "--threshold", "auto");
    double threshold = explained.path("threshold").asDouble();

    assertThat(threshold).isEqualTo(0.03);
    assertThat(fitting.path("threshold").asDouble()).isEqualTo(threshold);
    JsonNode route = fitting.path("routes").get(0);
    assertThat(route.path("kept_share").asDouble())
        .isEqualTo(explained.path("kept_share").asDouble());
    assertThat(route.path("arriving_share").asDouble())
        .isEqualTo(explained.path("arriving_share").asDouble());
    assertThat(json("routes", ENDED).path("threshold").asDouble()).isEqualTo(0.04);
  }

  @Test
  void aRouteWithoutAttentionSaysWhereThereIsSome() {
    assertThat(out("explain", TEXT, "--threshold", "0.9"))
        .contains("No attention between positions is above 0.9: try --threshold 0.005.");
    assertThat(out("explain", "When", "--position", "0"))
        .doesNotContain("No attention between positions");
  }

  @Test
  void aStateOfCancellingPartsHasNoRouteAtAnyThreshold() {
    String cancelling = ((TEXT + " Mary. ").repeat(5) + TEXT).replace("  ", " ");
    assertThat(out("explain", "--model", "demo-llama", cancelling))
        .contains("The parts of the last state only cancel one another")
        .contains("No edge leads into the last state.")
        .doesNotContain("try --threshold");
  }
}
