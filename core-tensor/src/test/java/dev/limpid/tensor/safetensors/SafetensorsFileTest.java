package dev.limpid.tensor.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.weights.MissingTensorException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that are damaged, or lie, in the ways files do. */
class SafetensorsFileTest {
  @TempDir Path folder;

  static Stream<Arguments> lies() {
    return Stream.of(
        Arguments.of(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}", "cut off"),
        Arguments.of("{\"x\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "8 bytes"),
        Arguments.of("{\"x\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", "F31"),
        Arguments.of("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "cut off"),
        Arguments.of("{\"x\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "extent"),
        Arguments.of("{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", "lacks"),
        Arguments.of("{\"x\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", "2.5"),
        Arguments.of(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0.5,8]}}", "no whole"),
        Arguments.of(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[65536,65536,65536,65536],\"data_offsets\":[0,0]}}",
            "too large"),
        Arguments.of(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"y\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
            "overlap"),
        Arguments.of(
            "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
            "Duplicate"),
        Arguments.of("[1, 2]", "not a JSON object"),
        Arguments.of("{\"x\":", "not valid JSON"),
        Arguments.of("{\"x\":" + "[".repeat(100_000), "not valid JSON"),
        Arguments.of("{} trailing", "not valid JSON"));
  }

  @ParameterizedTest
  @MethodSource("lies")
  void aLyingHeaderIsRefused(String header, String reason) throws IOException {
    Path path = write("lie.safetensors", header.getBytes(StandardCharsets.UTF_8), new byte[8]);

    assertThatThrownBy(() -> SafetensorsFile.open(path, Arena.ofAuto()))
        .isInstanceOf(MalformedSafetensorsException.class)
        .hasMessageContaining(path.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void anImpossibleHeaderLengthIsRefused() throws IOException {
    for (long length : new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE, 1, 0, 1000}) {
      byte[] bytes = new byte[64];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Path path = Files.write(folder.resolve("length.safetensors"), bytes);

      assertThatThrownBy(() -> SafetensorsFile.open(path, Arena.ofAuto()))
          .isInstanceOf(MalformedSafetensorsException.class)
          .hasMessageContaining(Long.toUnsignedString(length));
    }
  }

  @Test
  void tensorsOfOtherTypesAreListedAndRefusedWhenAskedFor() throws IOException {
    Path path =
        write(
            "bool.safetensors",
            "{\"mask\":{\"dtype\":\"BOOL\",\"shape\":[8],\"data_offsets\":[0,8]}}"
                .getBytes(StandardCharsets.UTF_8),
            new byte[8]);

    SafetensorsFile file = SafetensorsFile.open(path, Arena.ofAuto());

    assertThat(file.names()).containsExactly("mask");
    assertThatThrownBy(() -> file.tensor("mask"))
        .isInstanceOf(MissingTensorException.class)
        .hasMessageContaining("BOOL");
  }

  @Test
  void aFailedWriteLeavesNothingBehind() throws IOException {
    Path target = folder.resolve("trace.safetensors");
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add(
                "x",
                Tensor.zeros(2).shape(),
                () -> {
                  throw new IllegalStateException("no such layer");
                });

    assertThatThrownBy(() -> writer.write(target)).hasMessage("no such layer");
    assertThat(folder).isEmptyDirectory();
    assertThatThrownBy(() -> writer.write(folder.resolve("missing/trace.safetensors")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aCheckpointIsReadByNameAndShape() throws IOException {
    new SafetensorsWriter().add("x", Tensor.zeros(2, 3)).write(folder.resolve("a.safetensors"));
    new SafetensorsWriter().add("y", Tensor.zeros(4)).write(folder.resolve("b.safetensors"));
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\":{\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"}}");

    Checkpoint checkpoint = Checkpoint.open(folder);

    assertThat(checkpoint.names()).containsExactly("x", "y");
    assertThat(checkpoint.tensor("x", 2, 3).toFloats()).containsOnly(0);
    assertThat(checkpoint.files()).hasSize(2);
    assertThatThrownBy(() -> checkpoint.tensor("x", 3, 2))
        .isInstanceOf(MissingTensorException.class)
        .hasMessageContaining("has shape [2, 3], the configuration needs [3, 2]");
    assertThatThrownBy(() -> checkpoint.tensor("z", 1)).hasMessageContaining("'z'");
  }

  @Test
  void anIndexThatLiesIsRefused() throws IOException {
    new SafetensorsWriter().add("x", Tensor.zeros(2)).write(folder.resolve("a.safetensors"));
    new SafetensorsWriter().add("z", Tensor.zeros(2)).write(folder.resolve("b.safetensors"));
    Path index = folder.resolve("model.safetensors.index.json");
    for (String content :
        List.of(
            "{\"weight_map\":{\"x\":\"b.safetensors\"}}",
            "{\"weight_map\":{\"x\":\"../a.safetensors\"}}",
            "{\"weight_map\":{\"x\":\"missing.safetensors\"}}",
            "{\"weight_map\":{}}",
            "{\"weight_map\":")) {
      Files.writeString(index, content);
      assertThatThrownBy(() -> Checkpoint.open(folder))
          .as(content)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(folder.toString());
    }
  }

  @Test
  void aFolderWithoutWeightsSaysWhatItNeeds() throws IOException {
    assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("no model.safetensors");
    Files.createFile(folder.resolve("pytorch_model.bin"));
    assertThatThrownBy(() -> Checkpoint.open(folder)).hasMessageContaining("convert them");
  }

  private Path write(String name, byte[] header, byte[] data) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] length = new byte[8];
    ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
    bytes.write(length);
    bytes.write(header);
    bytes.write(data);
    return Files.write(folder.resolve(name), bytes.toByteArray());
  }
}
