package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.Version;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every document names what made it. */
class ProvenanceTest {
  private static final String TEXT = "The capital of France is";

  @TempDir Path home;
  private Path model;
  private String sha256;

  /** A copy that is old enough for its hash to be remembered. */
  @BeforeEach
  void copyModel() throws Exception {
    model = Files.createDirectories(home.resolve("somewhere/mine"));
    try (Stream<Path> files = Files.list(TestData.folder().resolve("models/demo-gpt2"))) {
      for (Path file : files.toList()) {
        Path copy = Files.copy(file, model.resolve(file.getFileName()));
        Files.setLastModifiedTime(copy, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
      }
    }
    byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
    sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(weights));
  }

  private LimpidRun run(String line, Object... values) {
    return new LimpidRun.World(home).runLine(line, values);
  }

  private JsonNode document(String line, Object... values) {
    LimpidRun run = run(line, values);
    assertThat(run.code()).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "explain --model %s '%s' --json",
        "explain --model %s '%s' --answer ' Paris' --json",
        "routes --model %s '%s'",
        "lens --model %s '%s' --json",
        "heads --model %s '%s' --layer 1 --json",
        "heads --model %s '%s' --roles --json",
        "neurons --model %s '%s' --layer 1 --json",
        "logits --model %s '%s' --json"
      })
  void documentsBeginWithTheirMaker(String line) {
    JsonNode document = document(line.replace("'%s'", "'" + TEXT + "'"), model);

    assertThat(document.propertyNames().stream().limit(3))
        .containsExactly("schema", "model", "tokens");
    assertThat(document.path("schema").asString()).matches("limpid/[a-z-]+/1");
    assertThat(document.path("tokens").size()).isEqualTo(6);
    assertThat(document.at("/tokens/5/text").asString()).isEqualTo(" is");
    assertThat(document.path("model").propertyNames())
        .containsExactly(
            "name",
            "family",
            "n_layers",
            "n_heads",
            "d_model",
            "backend",
            "sha256",
            "limpid_version");
    assertThat(document.at("/model/name").asString()).as("no path").isEqualTo("mine");
    assertThat(document.at("/model/sha256").asString()).isEqualTo(sha256);
    assertThat(document.at("/model/limpid_version").asString()).isEqualTo(Version.limpid());
  }

  @Test
  void theHashIsThatOfTraceFiles() throws IOException {
    Path out = home.resolve("trace.safetensors");
    run("trace --model %s '%s' --out %s --only logits", model, TEXT, out);
    assertThat(SafetensorsFile.open(out, Arena.ofAuto()).metadata())
        .containsEntry("model", "mine")
        .containsEntry("model_sha256", sha256);
  }

  @Test
  void aContinuationNamesPromptAndModel() {
    JsonNode document = document("generate --model %s '%s' --max-new 1 --json", model, TEXT);
    assertThat(document.path("schema").asString()).isEqualTo("limpid/generate/1");
    assertThat(document.at("/model/sha256").asString()).isEqualTo(sha256);
    assertThat(document.path("prompt").size()).isEqualTo(6);
  }

  @Test
  void tokensNameTheirTokenizerAndNoWeights() {
    JsonNode document = document("tokens --model %s '%s' --json", model, TEXT);
    assertThat(document.at("/model/name").asString()).isEqualTo("mine");
    assertThat(document.at("/model/sha256").isNull()).isTrue();
    assertThat(document.at("/model/backend").isNull()).isTrue();
    assertThat(document.path("tokenizer").asString())
        .matches("tokenizer\\.json sha256:[0-9a-f]{64}");
  }

  @Test
  void infoOfAModelTellsTheHashToCompareWith() {
    JsonNode document = document("models info %s --json", model);
    assertThat(document.propertyNames().stream().limit(3))
        .containsExactly("schema", "model", "name");
    assertThat(document.at("/model/sha256").asString()).isEqualTo(sha256);
    assertThat(document.at("/model/backend").isNull()).isTrue();
  }

  @Test
  void whatCannotBeRunHasNoHashAndSaysWhy() throws IOException {
    Files.delete(model.resolve("model.safetensors"));
    JsonNode document = document("models info %s --json", model);
    assertThat(document.at("/model/sha256").isNull()).isTrue();
    assertThat(document.path("weights_problem").asString()).contains("no model.safetensors");
    Files.writeString(model.resolve("config.json"), "{\"model_type\": \"whale\"}");
    document = document("models info %s --json", model);
    assertThat(document.path("model").isNull()).isTrue();
    assertThat(document.path("config_problem").asString()).contains("whale");
  }

  @Test
  void weightsAreHashedOnceAndOnlyForDocuments() throws IOException {
    Path remembered = home.resolve("cache/hashes");
    run("explain --model %s '%s'", model, TEXT);
    assertThat(remembered).as("nobody wanted to know").doesNotExist();
    run("lens --model %s '%s' --json", model, TEXT);
    List<Path> hashes;
    try (Stream<Path> files = Files.list(remembered)) {
      hashes = files.toList();
    }
    assertThat(hashes).hasSize(1);
    String known = Files.readString(hashes.getFirst());
    assertThat(known).startsWith(sha256);
    String other = "ab".repeat(32);
    Files.writeString(hashes.getFirst(), known.replace(sha256, other));
    assertThat(document("lens --model %s '%s' --json", model, TEXT).at("/model/sha256").asString())
        .as("the weights were not read again")
        .isEqualTo(other);
  }
}
