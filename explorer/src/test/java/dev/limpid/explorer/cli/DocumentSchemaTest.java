package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every JSON document holds to its schema in docs/schemas. */
class DocumentSchemaTest {
  private static final String DEMO = TestData.folder().resolve("models/demo-gpt2").toString();
  private static final String NO_TOKENIZER =
      TestData.folder().resolve("goldens/gpt2-defaults").toString();
  private static final String GGUF =
      TestData.folder().resolve("goldens/gguf/gpt2-blocks/model.gguf").toString();

  @TempDir Path folder;

  static Stream<Arguments> documents() {
    return Stream.of(
        of("tokens", "tokens", "--model", DEMO, " the"),
        of("tokens", "tokens", "--model", NO_TOKENIZER, "--tokens", "1,2"),
        of("lens", "lens", "--model", DEMO, "The capital of France is", "--position", "all"),
        of("explain", "explain", "--model", DEMO, "The capital of France is"),
        of(
            "explain",
            "explain",
            "--model",
            NO_TOKENIZER,
            "--tokens",
            "3,1,4,1",
            "--answer",
            "#7",
            "--distractor",
            "#8"),
        of("heads", "heads", "--model", DEMO, "The capital", "--layer", "1"),
        of("head-roles", "heads", "--model", DEMO, "--roles"),
        of("neurons", "neurons", "--model", DEMO, "The capital", "--layer", "1"),
        of("generate", "generate", "--model", DEMO, "The capital of France is"),
        of(
            "generate",
            "generate",
            "--model",
            NO_TOKENIZER,
            "--tokens",
            "1,2",
            "--temperature",
            "0.7",
            "--top-k",
            "9",
            "--top-p",
            "0.95",
            "--seed",
            "-3"),
        of("routes", "routes", "--model", DEMO, "The capital"),
        of("doctor", "doctor"),
        of("models-list", "models", "list"),
        of("models-info", "models", "info", DEMO),
        of("models-info", "models", "info", NO_TOKENIZER),
        of("models-info", "models", "info", GGUF),
        of("explain", "explain", "--model", GGUF, "one two"));
  }

  private static Arguments of(String schema, String... command) {
    return Arguments.of(schema, List.of(command));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void documentsHoldToTheirSchema(String schema, List<String> command) throws IOException {
    LimpidRun run =
        new LimpidRun.World(folder)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .run(Stream.concat(command.stream(), Stream.of("--json")).toArray(String[]::new));

    assertThat(run.code()).as(run.err()).isZero();
    Path path = TestData.root().resolve("docs/schemas/" + schema + ".schema.json");
    Schema valid =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(path));
    assertThat(valid.validate(run.out(), InputFormat.JSON)).isEmpty();
    assertThat(valid.validate("{\"unknown\":1}", InputFormat.JSON)).isNotEmpty();
  }
}
