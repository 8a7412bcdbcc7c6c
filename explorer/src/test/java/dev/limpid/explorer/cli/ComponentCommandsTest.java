package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code limpid heads} and {@code limpid neurons}, through the command line alone. */
class ComponentCommandsTest {
  private static final String MODEL = TestData.folder().resolve("goldens/gpt2-erf-gelu").toString();
  private static final String DEMO = TestData.folder().resolve("models/demo-llama").toString();

  /** Of contributions computed from float32 states. */
  private static final double TOLERANCE = 1e-4;

  @TempDir Path folder;

  @Test
  void headsOfAKeyAreTheContributionsOfTheGolden() throws IOException {
    SafetensorsFile expected = expected();
    int q = expected.tensor("tokens").dim(0) - 1;

    LimpidRun one = run("heads --model %s --tokens %s --layer 1 --key 2 --json", MODEL, ids());
    LimpidRun all = run("heads --model %s --tokens %s --layer 1 --json", MODEL, ids());

    JsonNode ofKey = json(one, "heads");
    JsonNode ofAll = json(all, "heads");
    assertThat(ofKey.path("key").intValue()).isEqualTo(2);
    assertThat(ofAll.path("key").isNull()).isTrue();
    assertThat(ofAll.path("position").intValue()).isEqualTo(q);
    for (JsonNode head : ofKey.path("heads")) {
      int h = head.path("head").intValue();
      double contribution = expected.tensor("layers.1.attention").toHeap().get(q, 2, h);
      double attention = expected.tensor("layers.1.pattern").toHeap().get(h, q, 2);
      assertThat(head.path("contribution").doubleValue())
          .isCloseTo(contribution, within(TOLERANCE));
      assertThat(head.path("attention").doubleValue()).isCloseTo(attention, within(TOLERANCE));
      assertThat(head.path("looks_at")).isEqualTo(ofAll.path("heads").get(h).path("looks_at"));
    }
    for (JsonNode head : ofAll.path("heads")) {
      int h = head.path("head").intValue();
      double largest =
          expected.tensor("layers.1.pattern").toHeap().get(h, q, head.path("looks_at").intValue());
      assertThat(head.path("attention").doubleValue()).isCloseTo(largest, within(TOLERANCE));
      double contribution = 0;
      for (int k = 0; k <= q; k++) {
        contribution += expected.tensor("layers.1.attention").toHeap().get(q, k, h);
      }
      assertThat(head.path("contribution").doubleValue())
          .isCloseTo(contribution, within(TOLERANCE));
    }
  }

  @Test
  void neuronsComeLargestFirstWithTheirSigns() throws IOException {
    SafetensorsFile expected = expected();
    int t = expected.tensor("tokens").dim(0) - 1;

    LimpidRun run = run("neurons --model %s --tokens %s --layer 0 --top 7 --json", MODEL, ids());

    JsonNode neurons = json(run, "neurons").path("neurons");
    assertThat(neurons.size()).isEqualTo(7);
    double last = 1;
    for (JsonNode neuron : neurons) {
      double activation =
          expected.tensor("layers.0.neuron_post").toHeap().get(t, neuron.path("neuron").intValue());
      assertThat(neuron.path("activation").doubleValue()).isCloseTo(activation, within(TOLERANCE));
      assertThat(neuron.path("contribution").doubleValue()).isLessThanOrEqualTo(last);
      last = neuron.path("contribution").doubleValue();
      JsonNode promoted = neuron.path("promoted");
      JsonNode suppressed = neuron.path("suppressed");
      assertThat(promoted.get(0).path("logit").doubleValue())
          .isGreaterThanOrEqualTo(promoted.get(1).path("logit").doubleValue())
          .isGreaterThan(suppressed.get(0).path("logit").doubleValue());
    }
    assertThat(
            json(
                    run(
                        "neurons --model %s --tokens %s --layer 0 --bias separate --json",
                        MODEL, ids()),
                    "neurons")
                .has("bias"))
        .isTrue();
  }

  @Test
  void rolesListEveryHeadTheSameEachTime() throws IOException {
    LimpidRun once = run("heads --model %s --roles --json", DEMO);
    LimpidRun again = run("heads --model %s --roles --json", DEMO);

    assertThat(again).isEqualTo(once);
    JsonNode heads = json(once, "head-roles").path("heads");
    assertThat(heads.size()).isEqualTo(32);
    assertThat(
            heads.valueStream().flatMap(h -> h.path("roles").valueStream()).map(JsonNode::asString))
        .contains("previous_token", "induction", "name_mover");
  }

  @Test
  void rolesOnAPromptMeasurePreviousAndFirstTokensThere() throws IOException {
    String text = "The capital of France is";

    LimpidRun trace = run("heads --model %s --roles --json %s", DEMO, text);

    JsonNode without = json(run("heads --model %s --roles --json", DEMO), "head-roles");
    JsonNode with = json(trace, "head-roles");
    assertThat(with.path("heads").get(0).path("induction"))
        .isEqualTo(without.path("heads").get(0).path("induction"));
    assertThat(with.path("heads").get(0).path("previous_token"))
        .isNotEqualTo(without.path("heads").get(0).path("previous_token"));
  }

  @Test
  void peopleGetTables() {
    String text = "The capital of France is";

    assertThat(run("heads --model %s %s --layer 3", DEMO, text).out())
        .contains("brought to position 5 \" is\"")
        .contains("largest attention", "looks at");
    assertThat(run("heads --model %s %s --layer 3 --key 4", DEMO, text).out())
        .contains("from position 4 \" France\"");
    assertThat(run("neurons --model %s %s --layer 2", DEMO, text).out())
        .contains("promotes | suppresses")
        .contains("its activation's sign included")
        .hasLineCount(26);
    assertThat(run("heads --model %s --roles", DEMO).out())
        .startsWith("Previous token: looks at the token before (from 0.25)\n  layer ")
        .contains("Name mover: ", "and 1 more; --all lists them");
    assertThat(run("heads --model %s --roles --all", DEMO).out()).doesNotContain("more");
  }

  /** All but the scores, whose last digit may differ from machine to machine. */
  @ParameterizedTest
  @ValueSource(strings = {"demo-gpt2", "demo-opt", "demo-llama"})
  void theDocumentedRolesAreTheRealOnes(String name) throws IOException {
    String doc = Files.readString(TestData.root().resolve("docs/demo-models.md"));
    String shown = doc.substring(doc.indexOf("heads --roles --all --model " + name));
    String model = TestData.folder().resolve("models").resolve(name).toString();

    List<String> real = run("heads --model %s --roles --all", model).out().lines().toList();

    List<String> documented = shown.lines().skip(1).limit(real.size()).toList();
    for (int i = 0; i < real.size(); i++) {
      assertThat(withoutScore(documented.get(i).strip()))
          .isEqualTo(withoutScore(real.get(i).strip()));
    }
  }

  private static String withoutScore(String line) {
    return line.replaceAll(" +[0-9.]+$", "");
  }

  @Test
  void withoutTokenizerNoNamesAreLookedFor() {
    LimpidRun run = run("heads --model %s --roles --json", MODEL);

    assertThat(run.code()).isZero();
    assertThat(run.err()).contains("name movers are not looked for");
    assertThat(run.out()).contains("\"copying\":null");
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThat(run("heads --model %s a", DEMO).code()).isEqualTo(2);
    assertThat(run("heads --model %s --roles --layer 1", DEMO).code()).isEqualTo(2);
    assertThat(run("heads --model %s a --layer 1 --all", DEMO).code()).isEqualTo(2);
    assertThat(run("heads --model %s --layer 1", DEMO).code()).isEqualTo(2);
    assertThat(run("heads --model %s a --layer 4", DEMO).err()).contains("0 to 3");
    assertThat(run("heads --model %s a --layer 1 --key 99", DEMO).err()).contains("key 99");
    assertThat(run("neurons --model %s a --layer 1 --top 0", DEMO).code()).isEqualTo(2);
    assertThat(run("neurons --model %s a --layer 1 --position 99", DEMO).err())
        .contains("position 99");
  }

  private static SafetensorsFile expected() throws IOException {
    return SafetensorsFile.open(Path.of(MODEL, "expected.safetensors"), Arena.ofAuto());
  }

  private static String ids() throws IOException {
    return Arrays.stream(expected().tensor("tokens").toInts())
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(","));
  }

  private LimpidRun run(String line, Object... values) {
    return new LimpidRun.World(folder).runLine(line, values);
  }

  /** The document of a run, which must hold to its schema. */
  private static JsonNode json(LimpidRun run, String schemaName) throws IOException {
    assertThat(run.err()).isEmpty();
    Path path = TestData.root().resolve("docs/schemas/" + schemaName + ".schema.json");
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(path));
    assertThat(schema.validate(run.out(), InputFormat.JSON)).isEmpty();
    return JsonMapper.shared().readTree(run.out().getBytes(StandardCharsets.UTF_8));
  }
}
