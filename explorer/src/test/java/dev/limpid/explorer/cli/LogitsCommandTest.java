package dev.limpid.explorer.cli;

import static dev.limpid.testdata.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code limpid logits}, and the contrast in {@code limpid explain}, by the command line alone. */
class LogitsCommandTest {
  private static final Path GOLDEN = TestData.folder().resolve("goldens/gpt2-erf-gelu");
  private static final String DEMO = TestData.folder().resolve("models/demo-gpt2").toString();
  private static final String TEXT = "When Mary and John went to the store, John gave a drink to";

  /** Absolute, of amounts in the documents: float32, and the last decimal. */
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  @Test
  void partsAreThoseOfTheGolden() throws IOException {
    JsonNode routes = read(GOLDEN.resolve("routes.json"));
    JsonNode contrast = routes.path("contrast");

    JsonNode byHead = logits(golden(routes, ""));
    JsonNode byLayer = logits(golden(routes, "--by layer"));

    assertAgree(byHead.path("logit"), contrast.path("logit_difference"));
    assertAgree(byHead.path("sum"), contrast.path("logit_difference"));
    double[] attention = new double[contrast.path("mlp").size()];
    for (JsonNode part : byHead.path("parts")) {
      int layer = part.path("layer").asInt(0);
      switch (part.path("part").asString()) {
        case "embedding" -> assertAgree(part.path("logit"), contrast.path("embedding"));
        case "biases" -> assertAgree(part.path("logit"), contrast.path("bias"));
        case "mlp" -> assertAgree(part.path("logit"), contrast.path("mlp").get(layer));
        default -> {
          assertAgree(
              part.path("logit"),
              contrast.path("heads").get(layer).get(part.path("head").intValue()));
          attention[layer] += part.path("logit").doubleValue();
        }
      }
    }
    assertThat(byLayer.path("parts").size()).isEqualTo(2 + 2 * attention.length);
    for (JsonNode part : byLayer.path("parts")) {
      if (part.path("part").asString().equals("attention")) {
        assertThat(part.path("logit").doubleValue())
            .isCloseTo(attention[part.path("layer").intValue()], within(TOLERANCE));
      }
    }
  }

  @Test
  void tokensAreThoseOfTheGolden() throws IOException {
    JsonNode routes = read(GOLDEN.resolve("routes.json"));

    JsonNode contrast = logits(golden(routes, "--by token")).path("contrast");

    for (JsonNode token : contrast.path("tokens")) {
      int t = token.path("position").intValue();
      assertAgree(token.path("towards"), routes.path("contrast").path("towards").get(t));
      assertAgree(token.path("away"), routes.path("contrast").path("away").get(t));
    }
    assertAgree(contrast.path("biases"), routes.path("contrast").path("bias"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"head", "layer", "token"})
  void theMostProbableTokenIsExplainedWhereNoneIsNamed(String by) throws IOException {
    JsonNode document = logits(run("logits --model %s %s --by %s --json", DEMO, TEXT, by));

    assertThat(document.path("answer").path("rank").intValue()).isEqualTo(1);
    assertThat(document.path("answer").path("text").asString()).isEqualTo(" Mary");
    assertThat(document.path("distractor").isNull()).isTrue();
    assertAgree(document.path("sum"), document.path("logit"));
  }

  @Test
  void peopleGetTables() {
    LimpidRun heads = run("logits --model %s %s --answer ' Mary' --distractor ' John'", DEMO, TEXT);
    LimpidRun tokens = run("logits --model %s %s --by token --position 14", DEMO, TEXT);

    assertThat(heads.code()).isZero();
    assertThat(heads.out())
        .startsWith("Where logit(\" Mary\") - logit(\" John\") at position 14 \" to\" comes from")
        .contains("layer  ", "head ", "MLP", "█", "░", "= logit(\" Mary\") - logit(\" John\")")
        .doesNotContain("up to a constant");
    List<Double> amounts =
        heads
            .out()
            .lines()
            .filter(line -> line.startsWith("  ") && !line.contains("=") && !line.contains("more"))
            .map(line -> Math.abs(Double.parseDouble(line.substring(22, 32).strip())))
            .toList();
    assertThat(amounts).hasSizeGreaterThan(10);
    assertThat(new ArrayList<>(amounts).reversed()).isSorted();
    assertThat(tokens.out())
        .contains("towards      away       net", "\" Mary\"", "sum", "depends on the tokens asked")
        .contains("up to a constant");
  }

  @Test
  void explainFollowsTheAnswerBackToTheTokens() {
    LimpidRun plain = run("explain --model %s %s", DEMO, TEXT);
    LimpidRun asked =
        run("explain --model %s %s --answer ' Mary' --distractor ' John'", DEMO, TEXT);
    LimpidRun document = run("explain --model %s %s --answer ' Mary' --json", DEMO, TEXT);

    assertThat(plain.out()).doesNotContain("came from\n       ");
    assertThat(asked.out())
        .contains("Where logit(\" Mary\") - logit(\" John\") came from")
        .contains("Unlike a plain route, this depends on the tokens asked about");
    JsonNode json = JsonMapper.shared().readTree(document.out().getBytes(StandardCharsets.UTF_8));
    JsonNode contrast = json.path("contrast");
    double sum = contrast.path("biases").doubleValue();
    for (JsonNode token : contrast.path("tokens")) {
      sum += token.path("net").doubleValue();
    }
    sum += contrast.path("lost").path("towards").doubleValue();
    sum -= contrast.path("lost").path("away").doubleValue();
    assertThat(sum)
        .isCloseTo(json.path("answer").path("logit").doubleValue(), within(2 * TOLERANCE));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThat(run("logits --model %s %s --by neuron", DEMO, TEXT).code()).isEqualTo(2);
    assertThat(run("logits --model %s %s --answer 'no such token'", DEMO, TEXT).err())
        .contains("not one token of this model");
    assertThat(run("logits --model %s %s --position 99", DEMO, TEXT).err()).contains("position 99");
    assertThat(run("explain --model %s %s --distractor ' John'", DEMO, TEXT).code()).isEqualTo(2);
  }

  /** A run on the prompt, position and tokens of the golden. */
  private LimpidRun golden(JsonNode routes, String more) throws IOException {
    JsonNode ids = read(GOLDEN.resolve("reference.json")).findValues("input_ids").getFirst();
    return run(
        "logits --model %s --tokens %s --position %s --answer #%s --distractor #%s --json " + more,
        GOLDEN,
        ids.valueStream().map(JsonNode::asString).collect(Collectors.joining(",")),
        routes.path("position").asString(),
        routes.path("contrast").path("answer").asString(),
        routes.path("contrast").path("distractor").asString());
  }

  private LimpidRun run(String line, Object... values) {
    return new LimpidRun.World(folder).runLine(line, values);
  }

  /** The document of a run, which must hold to its schema. */
  private static JsonNode logits(LimpidRun run) throws IOException {
    assertThat(run.err()).isEmpty();
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(
                Files.readString(TestData.root().resolve("docs/schemas/logits.schema.json")));
    assertThat(schema.validate(run.out(), InputFormat.JSON)).isEmpty();
    assertThat(schema.validate("{\"by\":\"head\"}", InputFormat.JSON)).isNotEmpty();
    return JsonMapper.shared().readTree(run.out().getBytes(StandardCharsets.UTF_8));
  }

  private static JsonNode read(Path path) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(path));
  }

  private static void assertAgree(JsonNode actual, JsonNode expected) {
    assertClose(actual.doubleValue(), expected.doubleValue(), TOLERANCE);
  }
}
