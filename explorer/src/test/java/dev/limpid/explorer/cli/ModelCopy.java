package dev.limpid.explorer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.explorer.process.ExitCode;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A copy of a golden model with a tokenizer, to be damaged, and what a command then says.
 *
 * @param home a folder that holds nothing but the model
 */
record ModelCopy(Path home, Path folder) {
  private static final String WEIGHTS = "model.safetensors";

  static ModelCopy of(String golden, Path home) throws IOException {
    Path folder = Files.createDirectory(home.resolve("model"));
    copy(golden, folder, "config.json", WEIGHTS);
    copy("tokenizers/gpt2-byte-level", folder, "tokenizer.json", "tokenizer_config.json");
    return new ModelCopy(home, folder);
  }

  static ModelCopy sharded(Path home) throws IOException {
    Path folder = Files.createDirectory(home.resolve("model"));
    copy(
        "llama-sharded",
        folder,
        "config.json",
        "model.safetensors.index.json",
        "model-00001-of-00002.safetensors",
        "model-00002-of-00002.safetensors");
    return new ModelCopy(home, folder);
  }

  private static void copy(String golden, Path folder, String... names) throws IOException {
    for (String name : names) {
      Files.copy(
          TestData.folder().resolve("goldens").resolve(golden).resolve(name), folder.resolve(name));
    }
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  Path weights() {
    return file(WEIGHTS);
  }

  /** Changes a file of text. */
  void edit(String name, UnaryOperator<String> change) throws IOException {
    String before = Files.readString(file(name));
    String after = change.apply(before);
    assertThat(after).isNotEqualTo(before);
    Files.writeString(file(name), after);
  }

  /** Changes the header of the weights, and its length to match. */
  void editHeader(UnaryOperator<String> change) throws IOException {
    byte[] bytes = Files.readAllBytes(weights());
    int end = 8 + (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    String before = new String(bytes, 8, end - 8, StandardCharsets.UTF_8);
    byte[] after = change.apply(before).getBytes(StandardCharsets.UTF_8);
    assertThat(after).isNotEqualTo(before.getBytes(StandardCharsets.UTF_8));
    ByteBuffer whole =
        ByteBuffer.allocate(8 + after.length + bytes.length - end).order(ByteOrder.LITTLE_ENDIAN);
    whole.putLong(after.length).put(after).put(bytes, end, bytes.length - end);
    Files.write(weights(), whole.array());
  }

  /** Runs trace: it fails with one line and exit code 1, and writes nothing. */
  void assertFails(String... parts) throws IOException {
    Path out = home.resolve("trace.safetensors");
    assertFailsWith(
        List.of("trace", "--model", "" + folder, "--tokens", "1,2", "--out", "" + out), parts);
    try (Stream<Path> left = Files.list(home)) {
      assertThat(left).containsExactly(folder);
    }
  }

  /** Runs a command: it fails with one line and exit code 1. */
  void assertFailsWith(List<String> arguments, String... parts) {
    LimpidRun run = new LimpidRun.World(home).run(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.FAILED);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines()).as(run.err()).hasSize(1);
    assertThat(run.err())
        .startsWith("limpid: ")
        .contains(parts)
        .doesNotContain("internal error", "Exception");
  }

  /** Cuts a text into tokens and runs the model on ids: both work. */
  void assertWorks() {
    assertWorksWith(List.of("tokens", "--model", "" + folder, "--no-bos", "!"));
    assertWorksWithIds();
  }

  /** Runs the model on ids, which works. */
  void assertWorksWithIds() {
    assertWorksWith(List.of("lens", "--model", "" + folder, "--tokens", "1,2"));
  }

  private void assertWorksWith(List<String> arguments) {
    LimpidRun run = new LimpidRun.World(home).run(arguments.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.DONE);
  }
}
