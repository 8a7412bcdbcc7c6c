package dev.limpid.tensor.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.weights.MissingTensorException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What is written is read, and a damaged file is refused in words, never by anything else. */
class SafetensorsProperties {

  @Property(tries = 100)
  void whatIsWrittenIsRead(
      @ForAll @Size(max = 4) List<@IntRange(max = 7) Integer> dims,
      @ForAll @Size(max = 40) int[] ids,
      @ForAll String note,
      @ForAll long seed)
      throws IOException {
    Shape shape = new Shape(dims);
    Random random = new Random(seed);
    float[] values = new float[(int) shape.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Tensor tensor = Tensor.of(values, dims.stream().mapToInt(Integer::intValue).toArray());
    Path path = Files.createTempFile("limpid", ".safetensors");
    try {
      String clean = note.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF) ? "" : note;
      new SafetensorsWriter()
          .metadata("note", clean)
          .add("tokens", ids)
          .add("x", tensor)
          .add("later", shape, () -> tensor)
          .write(path);

      SafetensorsFile file = SafetensorsFile.open(path, Arena.ofAuto());

      assertThat(file.names()).containsExactly("tokens", "x", "later");
      assertThat(file.metadata()).containsEntry("note", clean);
      assertThat(file.tensor("x").shape()).isEqualTo(shape);
      assertThat(file.tensor("x").toFloats()).containsExactly(values);
      assertThat(file.tensor("later").toFloats()).containsExactly(values);
      assertThat(file.tensor("tokens").toInts()).containsExactly(ids);
    } finally {
      Files.delete(path);
    }
  }

  /** Cuts a good file short or changes some of its bytes. */
  @Property(tries = 500)
  void aDamagedFileIsRefusedInWords(
      @ForAll @IntRange(max = 300) int length,
      @ForAll @Size(max = 6) List<@IntRange(max = 299) Integer> places,
      @ForAll byte value)
      throws IOException {
    Path path = Files.createTempFile("limpid", ".safetensors");
    try {
      new SafetensorsWriter()
          .add("tokens", new int[] {1, 2, 3})
          .add("x", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3))
          .write(path);
      byte[] bytes = Files.readAllBytes(path);
      bytes = Arrays.copyOf(bytes, Math.min(bytes.length, length));
      for (int place : places) {
        if (place < bytes.length) {
          bytes[place] = value;
        }
      }
      Files.write(path, bytes);
      SafetensorsFile file = SafetensorsFile.open(path, Arena.ofAuto());
      // Still well-formed: then all it lists can be read, or is refused by name.
      for (String name : file.names()) {
        readOrRefuse(file, name);
      }
    } catch (MalformedSafetensorsException e) {
      assertThat(e).hasMessageContaining(path.toString());
      assertThat(e.getMessage()).doesNotContain("\n").contains("damaged at byte");
    } finally {
      Files.delete(path);
    }
  }

  private static void readOrRefuse(SafetensorsFile file, String name) {
    try {
      assertThat(file.tensor(name).shape()).isEqualTo(file.shape(name).orElseThrow());
    } catch (MissingTensorException e) {
      assertThat(e).hasMessageContaining("supported are");
    }
  }
}
