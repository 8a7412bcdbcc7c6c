package dev.limpid.explorer.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server alone answers holds to its schema in docs/schemas. */
class ServedDocumentsTest {
  private static RunningServer server;
  private static String trace;

  @BeforeAll
  static void start(@TempDir Path home) throws Exception {
    server = new RunningServer(home);
    trace = server.trace(RunningServer.PROMPT);
  }

  @AfterAll
  static void stop() {
    assertThat(server.failures()).isEmpty();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "trace, ''",
    "maps, /maps?layer=2&head=0",
    "update, /update?component=head&layer=2&head=0&key=2",
    "update, /update?component=neuron&layer=2&neuron=71",
    "update, /update?component=mlp&layer=2&norm=own",
    "parts, /parts?node=A2_14",
    "parts, /parts?node=I2_14&mode=raw",
    "sizes, /sizes",
    "contrast, /contrast?answer=%20Mary",
    "contrast, /contrast?answer=%20Mary&distractor=%20Ruth&max_edges=20000",
    "routes, /routes",
    "routes, /routes?max_edges=5",
    "routes-by-relevance, /routes?by=relevance&answer=%20Mary&max_edges=5"
  })
  void documentsHoldToTheirSchema(String schema, String path) throws Exception {
    assertHolds(schema, server.get(trace + path).body());
  }

  @Test
  void theRouteBehindAnAnswerRecoversMoreOfItThanThePlainOne() throws Exception {
    String asked = "/faithfulness?draws=3&answer=%20Mary&distractor=%20John";
    String plain = server.get(trace + asked).body();
    String behind = server.get(trace + asked + "&by=relevance").body();
    assertHolds("faithfulness", plain);
    assertHolds("faithfulness", behind);
    assertThat(recovered(behind)).isGreaterThan(recovered(plain));
  }

  private static double recovered(String faithfulness) {
    return RunningServer.json(faithfulness).at("/routes/0/kept/recovered").asDouble();
  }

  @Test
  void whatComesInPlaceOfTheRestCanBeAnotherTextOrAMean() throws Exception {
    String asked = trace + "/faithfulness?draws=2&answer=%20Mary&distractor=%20John";
    String other =
        RunningServer.encoded("When John and Mary went to the store, Mary gave a drink to");
    String patched = server.get(asked + "&source=" + other).body();
    assertHolds("faithfulness", patched);
    assertThat(RunningServer.json(patched).path("ablation").asString()).isEqualTo("patch");
    String mean = server.get(asked + "&ablation=mean&references=" + other + "%0A" + other).body();
    assertThat(RunningServer.json(mean).path("ablation").asString()).isEqualTo("mean");
    // The mean of one text twice is that text.
    assertThat(recovered(mean)).isCloseTo(recovered(patched), offset(1e-5));
    for (String wrong :
        List.of(
            "&ablation=patch",
            "&ablation=mean",
            "&ablation=zero&source=" + other,
            "&source=" + other + "&references=" + other,
            "&source=short",
            "&ablation=mean&references=short")) {
      HttpResponse<String> refused = server.get(asked + wrong);
      assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
      assertThat(RunningServer.json(refused.body()).at("/error/code").asString())
          .as(wrong)
          .isEqualTo("bad_parameter");
    }
  }

  @Test
  void studiesOfManyPromptsToo() throws Exception {
    String body = "{\"prompts\":[\"The capital of France is\",\"%s\"]}".formatted("x ".repeat(500));
    String document = server.post("/api/prompts", body).body();
    assertHolds("prompts", document);
    assertThat(RunningServer.json(document).path("skipped")).hasSize(1);
    String csv = server.post("/api/prompts", body, "Accept", "text/csv").body();
    assertThat(csv.lines()).hasSize(1 + 4 * 9).first().isEqualTo("layer,head,flow");
  }

  private static void assertHolds(String name, String document) throws IOException {
    Path path = TestData.root().resolve("docs/schemas/" + name + ".schema.json");
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(path));
    assertThat(schema.validate(document, InputFormat.JSON)).isEmpty();
    assertThat(schema.validate("{\"unknown\":1}", InputFormat.JSON)).isNotEmpty();
  }
}
