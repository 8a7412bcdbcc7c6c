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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every JSON document holds to its schema in docs/schemas. */
class DocumentSchemaTest {
  private static final String DEMO = TestData.folder().resolve("models/demo-gpt2").toString();
  private static final String NO_TOKENIZER =
      TestData.folder().resolve("goldens/gpt2-defaults").toString();
  private static final String SHARED_EXPERT =
      TestData.folder().resolve("goldens/qwen2-moe").toString();
  private static final String EXPERTS = TestData.folder().resolve("goldens/gpt-oss").toString();
  private static final String GGUF =
      TestData.folder().resolve("goldens/gguf/gpt2-blocks/model.gguf").toString();

  private static final String ADAPTER =
      TestData.folder().resolve("goldens/lora/gpt2-untied").toString();

  @TempDir Path folder;

  static Stream<Arguments> documents() {
    return Stream.of(
        of("tokens", "tokens --model %s ' the'", DEMO),
        of("tokens", "tokens --model %s --tokens 1,2", NO_TOKENIZER),
        of("lens", "lens --model %s 'The capital of France is' --position all", DEMO),
        of("explain", "explain --model %s 'The capital of France is'", DEMO),
        of(
            "explain",
            "explain --model %s --tokens 3,1,4,1 --answer #7 --distractor #8",
            NO_TOKENIZER),
        of(
            "explain",
            "explain --model %s --tokens 3,1,4,1 --source-tokens 3,2,4,1 --answer #7 --faithful",
            NO_TOKENIZER),
        of("explain", "explain --model %s 'The capital of France is' --faithful", DEMO),
        of(
            "routes-by-relevance",
            "routes --model %s 'The capital of France is' --by relevance --answer ' Paris'",
            DEMO),
        of(
            "routes-by-relevance",
            "routes --model %s --tokens 3,1,4,1 --by relevance --answer #7 --distractor #8"
                + " --threshold 0 --alpha 0.5",
            NO_TOKENIZER),
        of(
            "lens",
            "lens --model %s 'The capital of France is' --answer ' Paris' --position all",
            DEMO),
        of("attention", "attention --model %s 'The capital' --layer 1", DEMO),
        of("attention", "attention --model %s --tokens 1,2,3 --layer 0 --head 0", NO_TOKENIZER),
        of("heads", "heads --model %s 'The capital' --layer 1", DEMO),
        of("heads", "heads --model %s 'The capital' --layer 1 --links", DEMO),
        of("heads", "heads --model %s --tokens 1,2,3 --layer 0 --key 0 --links", NO_TOKENIZER),
        of("head-roles", "heads --model %s --roles", DEMO),
        of("neurons", "neurons --model %s 'The capital' --layer 1", DEMO),
        of("neurons", "neurons --model %s --tokens 1,2,3 --layer 1", SHARED_EXPERT),
        of("neurons", "neurons --model %s --tokens 1,2 --layer 0 --bias separate", EXPERTS),
        of("ablate", "ablate --model %s --tokens 1,2 --zero expert_out.1.*@1", SHARED_EXPERT),
        of("ablate", "ablate --model %s --tokens 1,2 --scale shared_out.*=0.5", SHARED_EXPERT),
        of("patch", "patch --model %s --tokens 1,2 --site expert_out", EXPERTS),
        of("patch", "patch --model %s --tokens 1,2 --site shared_out", SHARED_EXPERT),
        of("models-info", "models info %s", SHARED_EXPERT),
        of("attribute", "attribute --model %s 'The capital of France is'", DEMO),
        of("attribute", "attribute --model %s 'The capital of France is' --by token", DEMO),
        of(
            "attribute",
            "attribute --model %s --tokens 3,1,4,1 --source-tokens 3,2,4,2 --answer #7"
                + " --distractor #8 --method attribution_patching_ig --steps 3",
            NO_TOKENIZER),
        of(
            "ablate",
            "ablate --model %s 'The capital' --zero head_out.1 --zero neuron_post.0.3@2",
            DEMO),
        of(
            "ablate",
            "ablate --model %s --tokens 1,2,3 --source-tokens 1,3,2 --patch attention.*@2:1"
                + " --scale mlp_out.0=0.5 --answer #1 --distractor #2",
            NO_TOKENIZER),
        of("patch", "patch --model %s 'The capital' --site head_out", DEMO),
        of("patch", "patch --model %s 'The capital' --site mlp_out --all-positions", DEMO),
        of("patch", "patch --model %s 'The capital' --site attention --sample 9", DEMO),
        of("patch", "patch --model %s 'The capital' --receiver key.1.2", DEMO),
        of("faithfulness", "faithfulness --model %s 'The capital' --random 2 --correlations", DEMO),
        of("qk", "qk --model %s 'The capital' --layer 1 --head 2 --key 1 --versus 0", DEMO),
        of("generate", "generate --model %s 'The capital of France is'", DEMO),
        of(
            "generate",
            "generate --model %s --tokens 1,2 --temperature 0.7"
                + " --top-k 9 --top-p 0.95 --seed -3",
            NO_TOKENIZER),
        of("routes", "routes --model %s 'The capital'", DEMO),
        of("doctor", "doctor"),
        of("models-list", "models list"),
        of("models-info", "models info %s", DEMO),
        of("models-info", "models info %s", NO_TOKENIZER),
        of("models-info", "models info %s", GGUF),
        of("models-info", "models info %s", ADAPTER),
        of(
            "explanation-comparison",
            "explain --model %s --compare --tokens 3,1,4,1 --answer #7 --distractor #8",
            ADAPTER),
        of("explanation-comparison", "explain --model %s --compare --tokens 3,1,4,1", ADAPTER),
        of("explain", "explain --model %s 'one two'", GGUF));
  }

  private static Arguments of(String schema, String line, Object... values) {
    return Arguments.of(schema, LimpidRun.words(line + " --json", values));
  }

  @Test
  void whatIsSaidOfAModelThatCannotBeRunHoldsToTheSchemaToo() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"whale\"}");
    documentsHoldToTheirSchema(
        "models-info", List.of("models", "info", folder.toString(), "--json"));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void documentsHoldToTheirSchema(String schema, List<String> command) throws IOException {
    LimpidRun run =
        new LimpidRun.World(folder)
            .with("LIMPID_BUNDLED", TestData.folder().resolve("models"))
            .run(command.toArray(String[]::new));

    assertThat(run.code()).as(run.err()).isZero();
    Path path = TestData.root().resolve("docs/schemas/" + schema + ".schema.json");
    Schema valid =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(path));
    assertThat(valid.validate(run.out(), InputFormat.JSON)).isEmpty();
    assertThat(valid.validate("{\"unknown\":1}", InputFormat.JSON)).isNotEmpty();
  }
}
