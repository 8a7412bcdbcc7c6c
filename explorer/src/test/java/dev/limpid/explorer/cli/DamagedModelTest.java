package dev.limpid.explorer.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every damage that a model's files are known to have or could be given: one clear line. */
class DamagedModelTest {
  private static final String NEST = "[".repeat(100_000);

  @TempDir Path home;
  private ModelCopy model;

  @BeforeEach
  void copyModel() throws IOException {
    model = ModelCopy.of("gpt2-relu", home);
  }

  @Test
  void theCopyItselfWorks() {
    model.assertWorks();
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE, -1, 0, 1L << 40})
  void aHeaderLengthThatIsNone(long length) throws IOException {
    byte[] bytes = Files.readAllBytes(model.weights());
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(model.weights(), bytes);
    model.assertFails("model.safetensors", Long.toUnsignedString(length));
  }

  @Test
  void keysThatAreThereTwice() throws IOException {
    String tensor = "\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}";
    model.editHeader(header -> "{" + tensor + "," + tensor + "," + header.substring(1));
    model.assertFails("model.safetensors", "Duplicate", "x");
  }

  @Test
  void configurationKeysThatAreThereTwice() throws IOException {
    model.edit("config.json", text -> text.replaceFirst("\\{", "{\"n_layer\": 1,"));
    model.assertFails("config.json", "Duplicate", "n_layer");
  }

  @Test
  void tensorsThatOverlap() throws IOException {
    model.editHeader(header ->
        header.replaceFirst(
            "\\{", "{\"x\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"));
    model.assertFails("model.safetensors", "'x'", "overlap");
  }

  @Test
  void tensorsBeyondTheEndOfTheFile() throws IOException {
    model.editHeader(header ->
        header.replaceFirst(
            "\\{",
            "{\"x\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[9223372036854775803,9223372036854775807]},"));
    model.assertFails("model.safetensors", "tensor 'x' claims bytes");
  }

  @Test
  void shapesThatOverflow() throws IOException {
    model.editHeader(header ->
        header.replaceFirst(
            "\\{",
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,2147483647],\"data_offsets\":[0,4]},"));
    model.assertFails("model.safetensors", "tensor 'x' has a shape too large");
  }

  @ParameterizedTest
  @CsvSource({
    "vocab_size, 2147483647",
    "n_embd, 2147483644",
    "n_head, 2147483647",
    "n_positions, 2147483647",
    "n_layer, 2147483647",
    "n_inner, 2147483647",
    "n_layer, 9223372036854775808",
    "n_layer, -1",
    "n_embd, 0",
    "layer_norm_epsilon, -1",
    "layer_norm_epsilon, 1e300",
  })
  void configurationsThatOverflow(String key, String value) throws IOException {
    model.edit(
        "config.json",
        text ->
            text.replaceAll("(?m)^ *\"%s\".*\n".formatted(key), "")
                .replaceFirst("\\{", "{\"%s\": %s,".formatted(key, value)));
    model.assertFails("model");
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json", "tokenizer_config.json"})
  void deepNesting(String name) throws IOException {
    Files.writeString(model.file(name), "{\"added_tokens\":" + NEST);
    model.assertFails(name, "nesting depth");
  }

  @Test
  void deepNestingInAHeader() throws IOException {
    model.editHeader(header -> "{\"x\":" + NEST);
    model.assertFails("model.safetensors", "nesting depth");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void weightsThatAreNoNumbers(float value) throws IOException {
    writeLastWeight(value);
    model.assertFails("tensor 'transformer.wte.weight'", "NaN or infinite");
  }

  /** Overwrites the last weight of the file, which belongs to the embedding. */
  private void writeLastWeight(float value) throws IOException {
    byte[] bytes = Files.readAllBytes(model.weights());
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, value);
    Files.write(model.weights(), bytes);
  }

  @Test
  void weightsTooLargeToComputeWith() throws IOException {
    byte[] bytes = Files.readAllBytes(model.weights());
    ByteBuffer floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = bytes.length - 8000; at < bytes.length; at += 4) {
      floats.putFloat(at, 3e38f);
    }
    Files.write(model.weights(), bytes);
    model.assertFails("model: ", "NaN or infinite", "overflow");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../model/model-00001-of-00002.safetensors", "..", ".", "/etc/passwd", ""})
  void anIndexThatPointsOutsideTheFolder(String name) throws IOException {
    Path other = Files.createDirectory(home.resolve("sharded"));
    ModelCopy sharded = ModelCopy.sharded(other);
    sharded.assertWorksWithIds();
    sharded.edit(
        "model.safetensors.index.json",
        text -> text.replaceFirst("model-00001-of-00002.safetensors", name));
    sharded.assertFails("index.json", "is said to lie in '" + name + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"config.json", "tokenizer.json", "tokenizer_config.json"})
  void jsonInAnotherEncoding(String name) throws IOException {
    byte[] plain = Files.readAllBytes(model.file(name));
    String text = "\ufeff" + new String(plain, StandardCharsets.UTF_8);
    for (Charset charset :
        List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
      Files.write(model.file(name), text.getBytes(charset));
      model.assertFails(name, "byte order mark", "UTF-8");
    }
    Files.write(model.file(name), text.substring(1).getBytes(StandardCharsets.UTF_16LE));
    model.assertFails(name, "UTF-16");
  }

  @Test
  void aHeaderInUtf16() throws IOException {
    byte[] bytes = Files.readAllBytes(model.weights());
    byte[] header = "{}".getBytes(StandardCharsets.UTF_16LE);
    System.arraycopy(header, 0, bytes, 8, header.length);
    Files.write(model.weights(), bytes);
    model.assertFails("model.safetensors", "UTF-8");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"})
  void filesThatAreEmpty(String name) throws IOException {
    Files.write(model.file(name), new byte[0]);
    model.assertFails(name);
  }

  @Test
  void aTokenizerWithoutTheTokenItNeeds() throws IOException {
    Files.writeString(
        model.file("tokenizer.json"),
        """
        {"model":{"type":"BPE","unk_token":"<none>","vocab":{"a":0},"merges":[]}}
        """);
    model.assertFailsWith(
        List.of("tokens", "--model", "" + model.folder(), "--no-bos", "ab"),
        "tokenizer.json",
        "U+0062",
        "<none>");
  }

  @Test
  void aTokenizerWhoseRulesNeverEnd() throws IOException {
    Files.writeString(
        model.file("tokenizer.json"),
        """
        {"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"pre_tokenizer":
        {"type":"Split","pattern":{"Regex":"(a+)+b"},"behavior":"Isolated","invert":false}}
        """);
    model.assertFailsWith(
        List.of("tokens", "--model", "" + model.folder(), "--no-bos", "a".repeat(20_000)),
        "tokenizer.json",
        "a regular expression");
  }
}
