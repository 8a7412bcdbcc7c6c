package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.testdata.GgufBuilder;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A GGUF file where a model is asked for: what works, and what a damaged one says. */
class GgufCommandsTest {
  private static final Path GOLDENS = TestData.folder().resolve("goldens/gguf");

  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = Files.copy(GOLDENS.resolve("gpt2-blocks/model.gguf"), folder.resolve("m.gguf"));
  }

  private LimpidRun run(String line, Object... values) {
    return new LimpidRun.World(folder).with("LIMPID_MODELS", folder).runLine(line, values);
  }

  @Test
  void explainsATextAndSaysThatTheModelIsQuantised() {
    LimpidRun run = run("explain --model %s 'one two'", model);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).contains("m.gguf predicts after");
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err())
        .contains("warning: ", "is quantised (2 in Q4_0, 2 in Q4_1, 3 in Q8_0 of 28 tensors)");
  }

  @Test
  void aModelInPartsIsOneModel() throws IOException {
    Path parts = Files.createDirectories(folder.resolve("parts"));
    for (int i = 1; i <= 4; i++) {
      String name = "model-0000%d-of-00004.gguf".formatted(i);
      Files.copy(GOLDENS.resolve("parts").resolve(name), parts.resolve(name));
    }
    String whole =
        run("lens --model %s --tokens 1,2", GOLDENS.resolve("llama-floats/model.gguf")).out();
    for (Path path : List.of(parts, parts.resolve("model-00001-of-00004.gguf"))) {
      LimpidRun run = run("lens --model %s --tokens 1,2", path);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.out()).isEqualTo(whole);
    }
    assertThat(run("models info parts").out()).contains("4 files");
    assertThat(run("models list").out()).contains("parts").doesNotContain("00002");
    Path third = parts.resolve("model-00003-of-00004.gguf");
    Files.delete(third);
    LimpidRun run = run("lens --model parts --tokens 1,2");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .isEqualToIgnoringNewLines(
            "limpid: %s: missing: part 3 of 4 of the model of %s"
                .formatted(third, parts.resolve("model-00001-of-00004.gguf")));
  }

  @Test
  void floatsAreNotCalledQuantised() {
    String floats = GOLDENS.resolve("llama-floats/model.gguf").toString();
    LimpidRun run = run("lens --model %s --tokens 1,2", floats);
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run("models info %s", floats).out()).doesNotContain("quantised").contains("BF16");
  }

  @Test
  void infoListAndDoctorKnowIt() {
    LimpidRun info = run("models info %s", model);
    assertThat(info.code()).as(info.err()).isZero();
    assertThat(info.out())
        .contains("family      gpt2", "layers      2", "width       32", "in 1 file")
        .contains("quantised   2 in Q4_0, 2 in Q4_1, 3 in Q8_0 of 28 tensors")
        .contains("tokenizer   in the file (byte-level BPE, 961 pieces)")
        .contains("about       gpt2-blocks");
    assertThat(run("models list").out()).contains("m.gguf");
    assertThat(run("doctor").out()).contains("m.gguf");
    assertThat(run("models info m.gguf").out()).contains("from the models folder");
  }

  @Test
  void tracesNameTheFileTheyComeFrom() throws Exception {
    Path out = folder.resolve("trace.safetensors");
    LimpidRun run = run("trace --model %s 'a b' --out %s", model, out);
    assertThat(run.code()).as(run.err()).isZero();
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(model));
    String sha256 = HexFormat.of().formatHex(digest);
    assertThat(SafetensorsFile.open(out, Arena.ofAuto()).metadata())
        .containsEntry("model_sha256", sha256)
        .containsEntry("tokenizer", "m.gguf sha256:" + sha256);
  }

  @Test
  void aFileThatWasCutOff() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(file.length() - 100);
    }
    assertFails("m.gguf: damaged at byte ", "is the file cut off?");
    try (RandomAccessFile file = new RandomAccessFile(model.toFile(), "rw")) {
      file.setLength(1000);
    }
    assertFails("m.gguf: damaged at byte ", "are claimed");
  }

  @Test
  void countsThatLie() throws IOException {
    for (long count : new long[] {1L << 63, 1L << 40}) {
      new GgufBuilder().claimTensors(count).write(model);
      assertFails(Long.toUnsignedString(count) + " tensors are claimed");
      new GgufBuilder().claimKeys(count).write(model);
      assertFails(Long.toUnsignedString(count) + " metadata keys are claimed");
      byte[] list = GgufBuilder.array(GgufBuilder.STRING, count);
      new GgufBuilder().raw("k", GgufBuilder.ARRAY, list).write(model);
      assertFails(Long.toUnsignedString(count) + " array elements are claimed");
    }
  }

  @Test
  void headersThatContradict() throws IOException {
    byte[] deep = GgufBuilder.array(GgufBuilder.ARRAY, 1);
    for (int i = 0; i < 6; i++) {
      deep = GgufBuilder.array(GgufBuilder.ARRAY, 1, deep);
    }
    new GgufBuilder().raw("k", GgufBuilder.ARRAY, deep).write(model);
    assertFails("arrays in arrays");
    new GgufBuilder().integer("general.alignment", 33).write(model);
    assertFails("general.alignment is 33");
    new GgufBuilder().floats("a", new float[16], 16).tensorAt("b", 0, 32, 8).write(model);
    assertFails("tensors 'a' and 'b' overlap");
    new GgufBuilder().tensorAt("a", 77, 0, 8).write(model);
    assertFails("tensor 'a' has the unknown type 77");
    Files.write(model, new byte[100]);
    assertFails("does not begin with 'GGUF'");
  }

  @Test
  void scalesThatAreNoNumbers() throws IOException {
    byte[] bytes = Files.readAllBytes(model);
    byte[] tail = new byte[32 * 32 * 2 * 2];
    Arrays.fill(tail, (byte) 0xff);
    // The tensors lie in the file in the order of the layers: the end is the last MLP.
    System.arraycopy(tail, 0, bytes, bytes.length - tail.length, tail.length);
    Files.write(model, bytes);
    assertFails("tensor 'blk.1.", "has weights that are NaN or infinite");
  }

  @Test
  void aTypeThatIsNotSupported() {
    LimpidRun run = run("explain --model %s --tokens 1", GOLDENS.resolve("types.gguf"));
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("types.gguf: key 'llama.").contains("is missing");
  }

  @Test
  void anotherFile() throws IOException {
    Path other = Files.write(folder.resolve("m.bin"), new byte[8]);
    LimpidRun run = run("tokens --model %s x", other);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("m.bin (a file that is no .gguf");
  }

  private void assertFails(String... parts) throws IOException {
    Path out = folder.resolve("trace.safetensors");
    for (LimpidRun run :
        List.of(
            run("trace --model %s --tokens 1 --out %s", model, out),
            run("explain --model %s --tokens 1", model))) {
      List<String> lines = run.err().lines().filter(line -> !line.contains("warning: ")).toList();
      assertThat(run.code()).as(run.err()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(lines).as(run.err()).hasSize(1);
      assertThat(lines.getFirst()).startsWith("limpid: ").contains(parts);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(model);
    }
  }
}
