package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input that is bad in real ways: one clear line, the right exit code, nothing left behind. */
class BadInputTest {
  @TempDir Path folder;
  private Path model;

  @BeforeEach
  void copyModel() throws IOException {
    model = Files.createDirectory(folder.resolve("model"));
    try (Stream<Path> files = Files.list(TestData.folder().resolve("goldens/gpt2-erf-gelu"))) {
      for (Path file : files.toList()) {
        Files.copy(file, model.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void aFileThatWasCutOff() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(weights().toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    assertFails("model.safetensors", "cut off");
  }

  @Test
  void aHeaderThatLies() throws IOException {
    byte[] bytes = Files.readAllBytes(weights());
    bytes[6] = 0x7f;
    Files.write(weights(), bytes);
    assertFails("model.safetensors", "header claims");
  }

  @Test
  void aTensorThatIsMissing() throws IOException {
    replace(weights(), "h.1.mlp.c_fc.weight", "h.1.mlp.c_xx.weight");
    assertFails("h.1.mlp.c_fc.weight", "not in the checkpoint");
  }

  @Test
  void aTensorOfAnotherShape() throws IOException {
    replace(model.resolve("config.json"), "\"n_inner\": 53", "\"n_inner\": 54");
    assertFails("mlp.c_fc.weight", "the configuration needs");
  }

  @Test
  void aModelTypeThatIsUnknown() throws IOException {
    replace(model.resolve("config.json"), "\"model_type\": \"gpt2\"", "\"model_type\": \"mamba\"");
    assertFails("'mamba' is not supported", "supported: gpt2, gpt_bigcode, gpt_neo, gptj");
  }

  @Test
  void aConfigurationThatIsNoJson() throws IOException {
    Files.writeString(model.resolve("config.json"), "{\"model_type\": ");
    assertFails("config.json", "not valid JSON");
  }

  @Test
  void aWeightThatIsNoNumber() throws IOException {
    byte[] bytes = Files.readAllBytes(weights());
    Arrays.fill(bytes, bytes.length - 4, bytes.length, (byte) 0xff);
    Files.write(weights(), bytes);
    assertFails("NaN or infinite");
  }

  @Test
  void idsOutsideTheVocabulary() {
    assertFailsWith(
        1, List.of("explain", "--model", model.toString(), "--tokens", "1,9999"), "9999");
    assertFailsWith(2, List.of("explain", "--model", model.toString(), "--tokens", "1,x"), "'x'");
  }

  @Test
  void aPromptLongerThanTheContext() {
    String ids = "1" + ",1".repeat(5000);
    assertFailsWith(
        1,
        List.of("explain", "--model", model.toString(), "--tokens", ids),
        "5001 tokens",
        "shorten it");
  }

  @Test
  void aTextForAModelWithoutTokenizer() {
    assertFailsWith(
        1, List.of("explain", "--model", model.toString(), "some text"), "give --tokens");
  }

  @Test
  void outputsThatCannotBeWritten() throws IOException {
    Path missing = folder.resolve("missing/trace.safetensors");
    for (String command : List.of("trace", "contributions")) {
      assertFailsWith(
          1,
          List.of(
              command, "--model", model.toString(), "--tokens", "1,2", "--out", missing.toString()),
          "trace.safetensors",
          "no folder");
      assertFailsWith(
          1,
          List.of(
              command, "--model", model.toString(), "--tokens", "1,2", "--out", folder.toString()),
          "is a folder");
    }
  }

  @Test
  void positionsThresholdsAndLayersThatAreNone() {
    List<String> explain = List.of("explain", "--model", model.toString(), "--tokens", "1,2");
    assertFailsWith(1, with(explain, "--position", "2"), "position 2", "0 to 1");
    assertFailsWith(2, with(explain, "--threshold", "1"), "[0, 1)");
    assertFailsWith(2, with(explain, "--threshold", "NaN"), "[0, 1)");
    assertFailsWith(2, with(explain, "--threshold", "some"), "'some'", "[0, 1)", "'auto'");
    assertFailsWith(2, with(explain, "--mode", "loud"), "loud");
    assertFailsWith(1, with(explain, "--backend", "abacus"), "abacus", "reference");
    assertFailsWith(1, with(explain, "--device", "cuda:0"), "no device named 'cuda:0'", "doctor");
    assertFailsWith(2, with(explain, "--threads", "-1"), "--threads", "-1");
    assertFailsWith(2, with(explain, "--threads", "two"), "--threads", "two");
    List<String> routes = List.of("routes", "--model", model.toString(), "--tokens", "1,2");
    assertFailsWith(2, with(routes, "--position", "all", "--format", "svg"), "json");
    List<String> lens = List.of("lens", "--model", model.toString(), "--tokens", "1,2");
    assertFailsWith(1, with(lens, "--layer", "17"), "layer 17");
  }

  private Path weights() {
    return model.resolve("model.safetensors");
  }

  /** Runs trace on the damaged model: it fails with one line, and writes nothing. */
  private void assertFails(String... parts) throws IOException {
    Path out = folder.resolve("trace.safetensors");
    assertFailsWith(
        1,
        List.of("trace", "--model", model.toString(), "--tokens", "1,2", "--out", out.toString()),
        parts);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(model);
    }
  }

  private void assertFailsWith(int code, List<String> arguments, String... parts) {
    LimpidRun run = new LimpidRun.World(folder).run(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(code);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).as(run.err()).hasSize(1);
    assertThat(run.err()).startsWith("limpid: ").contains(parts);
  }

  private static List<String> with(List<String> arguments, String... more) {
    return Stream.concat(arguments.stream(), Arrays.stream(more)).toList();
  }

  private static void replace(Path file, String from, String to) throws IOException {
    String content = Files.readString(file, StandardCharsets.ISO_8859_1);
    assertThat(content).contains(from);
    Files.writeString(file, content.replace(from, to), StandardCharsets.ISO_8859_1);
  }
}
