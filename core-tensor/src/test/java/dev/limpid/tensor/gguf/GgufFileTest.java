package dev.limpid.tensor.gguf;

import static dev.limpid.testdata.GgufBuilder.ARRAY;
import static dev.limpid.testdata.GgufBuilder.STRING;
import static dev.limpid.testdata.GgufBuilder.UINT32;
import static dev.limpid.testdata.GgufBuilder.UINT64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.safetensors.SafetensorsFile;
import dev.limpid.tensor.weights.MissingTensorException;
import dev.limpid.testdata.GgufBuilder;
import dev.limpid.testdata.TestData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
  private static final int F32 = 0;
  private static final int Q4_0 = 2;

  @TempDir Path folder;

  private GgufFile open(GgufBuilder file) throws IOException {
    return open(file.bytes());
  }

  private GgufFile open(byte[] bytes) throws IOException {
    return GgufFile.open(Files.write(folder.resolve("m.gguf"), bytes), Arena.ofAuto());
  }

  private void assertDamaged(GgufBuilder file, String... words) {
    assertDamaged(file.bytes(), words);
  }

  private void assertDamaged(byte[] bytes, String... words) {
    assertThatThrownBy(() -> open(bytes))
        .isInstanceOf(MalformedGgufException.class)
        .hasMessageContaining("m.gguf: damaged at byte ")
        .hasMessageContainingAll(words);
  }

  private static Stream<GgufType> supported() {
    return Arrays.stream(GgufType.values()).filter(GgufType::isSupported);
  }

  /** Bit for bit what the Python package of the format decodes. */
  @ParameterizedTest
  @MethodSource("supported")
  void readsEveryType(GgufType type) throws IOException {
    Path goldens = TestData.folder().resolve("goldens/gguf");
    GgufFile file = GgufFile.open(goldens.resolve("types.gguf"), Arena.ofAuto());
    SafetensorsFile expected =
        SafetensorsFile.open(goldens.resolve("types.safetensors"), Arena.ofAuto());
    assertThat(file.type(type.name())).contains(type);

    Tensor tensor = file.tensor(type.name());

    assertThat(tensor.shape()).isEqualTo(Shape.of(3, 512));
    assertThat(tensor.onHeap()).isFalse();
    assertThat(tensor.blocks().isPresent()).isEqualTo(type.isQuantised());
    float[] wanted = expected.tensor(type.name()).toFloats();
    assertThat(tensor.toFloats()).isEqualTo(wanted);
    // Parts that are no whole blocks.
    float[] part = new float[777];
    tensor.copyTo(333, part, 3, 700);
    assertThat(Arrays.copyOfRange(part, 3, 703)).isEqualTo(Arrays.copyOfRange(wanted, 333, 1033));
    assertThat(tensor.gather(new int[] {2, 0}).toFloats())
        .startsWith(Arrays.copyOfRange(wanted, 1024, 1536))
        .endsWith(Arrays.copyOfRange(wanted, 0, 512));
    assertThat(tensor.rows(1, 2).get(0, 7)).isEqualTo(wanted[519]);
    assertThat(tensor.allFinite()).isTrue();
  }

  @Test
  void anotherTypeIsListedAndNamedWhenAskedFor() throws IOException {
    GgufFile file =
        GgufFile.open(TestData.folder().resolve("goldens/gguf/types.gguf"), Arena.ofAuto());
    assertThat(file.shape("IQ2_XS")).contains(Shape.of(1, 256));
    assertThatThrownBy(() -> file.tensor("IQ2_XS"))
        .isInstanceOf(MissingTensorException.class)
        .hasMessageContaining(
            "tensor 'IQ2_XS' has type IQ2_XS, supported are F32, F16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0,"
                + " Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, BF16, MXFP4");
    assertThatThrownBy(() -> file.tensor("nobody")).hasMessageContaining("is not in the file");
  }

  /** By the numbers that the format gives to them, which no other list of ours has. */
  @ParameterizedTest
  @CsvSource({
    "9, Q8_1",
    "15, Q8_K",
    "16, IQ2_XXS",
    "17, IQ2_XS",
    "18, IQ3_XXS",
    "19, IQ1_S",
    "21, IQ3_S",
    "22, IQ2_S",
    "24, I8",
    "25, I16",
    "26, I32",
    "27, I64",
    "28, F64",
    "29, IQ1_M",
    "34, TQ1_0",
    "35, TQ2_0",
    "40, NVFP4",
    "41, Q1_0",
    "42, Q2_0"
  })
  void typesThatAreNotReadAreRefusedByName(int code, String name) throws IOException {
    GgufType type = GgufType.of(code).orElseThrow();
    byte[] blocks = new byte[256 / type.blockElements() * type.blockBytes()];
    GgufFile file = open(new GgufBuilder().tensor("t", code, blocks, 256));
    assertThat(file.shape("t")).contains(Shape.of(256));
    assertThatThrownBy(() -> file.tensor("t"))
        .isInstanceOf(MissingTensorException.class)
        .hasMessageContaining("tensor 't' has type " + name + ", supported are F32, F16, Q4_0,");
    assertThatThrownBy(() -> file.requireSupported("t")).hasMessageContaining("type " + name + ",");
  }

  /** Numbers between those: types that the format once had, or does not have yet. */
  @ParameterizedTest
  @ValueSource(ints = {4, 5, 31, 32, 33, 36, 37, 38, 43})
  void typesThatThereAreNone(int code) {
    assertDamaged(new GgufBuilder().tensorAt("t", code, 0, 256), "the unknown type " + code);
  }

  @Test
  void everyTypeIsReadOrIsAmongThoseRefused() {
    assertThat(Arrays.stream(GgufType.values()).filter(type -> !type.isSupported())).hasSize(19);
  }

  /** A scale that is NaN or infinite, or in MXFP4 so large that an element is. */
  @Test
  void scalesThatAreNoNumbersAreFound() throws IOException {
    for (GgufType type : supported().filter(GgufType::isQuantised).toList()) {
      byte[] bytes = new byte[3 * type.blockBytes()];
      int blocks = 3 * type.blockElements();
      GgufFile whole = open(new GgufBuilder().tensor("t", type.code(), bytes, blocks));
      assertThat(whole.tensor("t").allFinite()).as("%s", type).isTrue();
      Arrays.fill(bytes, type.blockBytes(), 2 * type.blockBytes(), (byte) 0x7c);
      Arrays.fill(bytes, 0, type == GgufType.MXFP4 ? bytes.length : 0, (byte) 0xff);
      GgufFile damaged = open(new GgufBuilder().tensor("t", type.code(), bytes, blocks));
      assertThat(damaged.tensor("t").allFinite()).as("%s", type).isFalse();
    }
  }

  /** Longer than the decoder reads at once, and not a multiple of it. */
  @Test
  void decodesTensorsOfManyBlocks() throws IOException {
    int blocks = 1037;
    byte[] bytes = new byte[blocks * 18];
    for (int block = 0; block < blocks; block++) {
      bytes[block * 18 + 1] = 0x3c; // the scale 1
      Arrays.fill(bytes, block * 18 + 2, block * 18 + 18, (byte) (block % 16));
    }
    float[] floats =
        open(new GgufBuilder().tensor("t", Q4_0, bytes, 32, blocks)).tensor("t").toFloats();
    for (int block = 0; block < blocks; block++) {
      assertThat(floats[block * 32]).isEqualTo(block % 16 - 8);
      assertThat(floats[block * 32 + 31]).isEqualTo(-8);
    }
  }

  @Test
  void extentsAreTurnedRoundAndVersion2IsTheSame() throws IOException {
    float[] values = {1, 2, 3, 4, 5, 6};
    GgufFile file = open(new GgufBuilder().version(2).floats("t", values, 3, 2));
    assertThat(file.version()).isEqualTo(2);
    assertThat(file.names()).containsExactly("t");
    assertThat(file.tensor("t").shape()).isEqualTo(Shape.of(2, 3));
    assertThat(file.tensor("t").get(1, 0)).isEqualTo(4);
  }

  @ParameterizedTest
  @EnumSource(GgufValueType.class)
  void readsEveryKindOfValue(GgufValueType type) throws IOException {
    int code = List.of(GgufValueType.values()).indexOf(type);
    byte[] ones = {1, 0, 0, 0, 0, 0, 0, 0};
    byte[] value =
        switch (type) {
          case STRING -> GgufBuilder.string("one");
          case ARRAY -> GgufBuilder.array(STRING, 1, GgufBuilder.string("one"));
          case FLOAT32 -> GgufBuilder.int32(Float.floatToRawIntBits(1));
          case FLOAT64 -> GgufBuilder.int64(Double.doubleToRawLongBits(1));
          default -> Arrays.copyOf(ones, type.least());
        };
    GgufMetadata metadata =
        open(new GgufBuilder().raw("k", code, value).text("after", "x")).metadata();
    assertThat(metadata.keys()).containsExactly("k", "after");
    switch (type) {
      case STRING -> assertThat(metadata.string("k")).contains("one");
      case ARRAY -> assertThat(metadata.strings("k")).contains(List.of("one"));
      case BOOL -> assertThat(metadata.flag("k")).contains(true);
      default -> assertThat(metadata.number("k")).hasValue(1);
    }
    if (type != GgufValueType.STRING) {
      assertThatThrownBy(() -> metadata.string("k"))
          .hasMessageContaining("key 'k' should be a text");
    }
    if (!type.isInteger()) {
      assertThatThrownBy(() -> metadata.integer("k"))
          .hasMessageContaining("key 'k' should be a whole number");
    }
  }

  @Test
  void absentKeysAreEmpty() throws IOException {
    GgufMetadata metadata = open(new GgufBuilder()).metadata();
    assertThat(metadata.string("k")).isEmpty();
    assertThat(metadata.strings("k")).isEmpty();
    assertThat(metadata.integer("k")).isEmpty();
    assertThat(metadata.number("k")).isEmpty();
    assertThat(metadata.numbers("k")).isEmpty();
    assertThat(metadata.flag("k")).isEmpty();
  }

  @Test
  void otherFilesVersionsAndByteOrders() {
    assertDamaged(new byte[0], "does not begin with 'GGUF'");
    assertDamaged("PK\3\4 and more".getBytes(java.nio.charset.StandardCharsets.UTF_8), "GGUF");
    assertDamaged(new GgufBuilder().version(1), "GGUF version 1, supported are 2 and 3");
    assertDamaged(new GgufBuilder().version(3 << 24), "big endian");
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 63, -1, 1L << 40, 1L << 31, 1000})
  void countsThatLie(long count) {
    String said = Long.toUnsignedString(count);
    assertDamaged(new GgufBuilder().claimTensors(count), said + " tensors are claimed");
    assertDamaged(new GgufBuilder().claimKeys(count), said + " metadata keys are claimed");
    byte[] length = GgufBuilder.int64(count);
    assertDamaged(new GgufBuilder().raw("k", STRING, length), said + " bytes of text");
    for (int element : new int[] {UINT32, STRING, ARRAY, UINT64}) {
      assertDamaged(
          new GgufBuilder().raw("k", ARRAY, GgufBuilder.array(element, count)),
          said + " array elements");
    }
  }

  @Test
  void everyFileThatWasCutOff() {
    byte[] whole =
        new GgufBuilder()
            .text("a", "text")
            .texts("b", "x", "yz")
            .integers("c", 1, 2)
            .floats("t", new float[8], 8)
            .bytes();
    for (int length = 0; length < whole.length; length++) {
      assertDamaged(Arrays.copyOf(whole, length), "damaged at byte");
    }
  }

  @Test
  void arraysInArrays() throws IOException {
    byte[] value = GgufBuilder.array(UINT32, 1, GgufBuilder.int32(7));
    for (int depth = 2; depth <= 4; depth++) {
      value = GgufBuilder.array(ARRAY, 1, value);
    }
    assertThat(open(new GgufBuilder().raw("k", ARRAY, value)).metadata().keys()).contains("k");
    for (int depth = 5; depth <= 10_000; depth++) {
      value = depth == 5 || depth == 10_000 ? GgufBuilder.array(ARRAY, 1, value) : value;
    }
    assertDamaged(new GgufBuilder().raw("k", ARRAY, value), "arrays in arrays");
    byte[] deep = new byte[12 * 100_000];
    for (int at = 0; at < deep.length; at += 12) {
      System.arraycopy(GgufBuilder.array(ARRAY, 1), 0, deep, at, 12);
    }
    assertDamaged(new GgufBuilder().raw("k", ARRAY, deep), "arrays in arrays");
  }

  @Test
  void valuesThatAreNone() throws IOException {
    assertDamaged(new GgufBuilder().raw("k", 13, new byte[8]), "unknown value type 13");
    assertDamaged(
        new GgufBuilder().raw("k", ARRAY, GgufBuilder.array(99, 1)), "unknown value type 99");
    assertDamaged(new GgufBuilder().text("k", "a").text("k", "b"), "the key 'k' is there twice");
    byte[] noText = GgufBuilder.string("a");
    noText[8] = (byte) 0xff;
    GgufMetadata metadata = open(new GgufBuilder().raw("k", STRING, noText)).metadata();
    assertThatThrownBy(() -> metadata.string("k")).hasMessageContaining("not UTF-8");
    GgufMetadata large =
        open(new GgufBuilder().raw("k", UINT64, GgufBuilder.int64(1L << 63))).metadata();
    assertThatThrownBy(() -> large.integer("k")).hasMessageContaining("9223372036854775808");
    assertDamaged(
        new GgufBuilder().text("k".repeat(70_000), "x"), "70000 bytes, at most 65535 are allowed");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 48, -1, Integer.MIN_VALUE})
  void alignmentsThatAreNone(int alignment) {
    assertDamaged(new GgufBuilder().integer("general.alignment", alignment), "power of two");
  }

  @Test
  void tensorsThatLie() {
    float[] four = new float[4];
    assertDamaged(new GgufBuilder().floats("t", four, 4).floats("t", four, 4), "'t'", "twice");
    assertDamaged(new GgufBuilder().tensorAt("t", 99, 0, 4), "tensor 't' has the unknown type 99");
    assertDamaged(new GgufBuilder().tensorAt("t", F32, 0, 1, 1, 1, 1, 1), "5 axes");
    assertDamaged(new GgufBuilder().tensorAt("t", F32, 0, -1), "extent 18446744073709551615");
    assertDamaged(new GgufBuilder().tensorAt("t", F32, 0, 1L << 31), "impossible extent");
    long large = Integer.MAX_VALUE;
    assertDamaged(
        new GgufBuilder().tensorAt("t", F32, 0, large, large, large, large), "too large to count");
    assertDamaged(new GgufBuilder().tensorAt("t", F32, 0, large, large, 2), "too large to count");
    assertDamaged(new GgufBuilder().tensorAt("t", Q4_0, 0, 33), "rows of 33", "blocks of 32");
    assertDamaged(new GgufBuilder().floats("a", four, 4).tensorAt("t", F32, 8, 2), "alignment 32");
    assertDamaged(new GgufBuilder().tensorAt("t", F32, -32, 2), "18446744073709551584");
    assertDamaged(
        new GgufBuilder().floats("a", four, 4).tensorAt("t", F32, 0, 4), "'a' and 't' overlap");
    assertDamaged(
        new GgufBuilder().floats("a", four, 4).tensorAt("t", F32, 32, 1), "'t' claims 4 bytes");
    assertDamaged(new GgufBuilder().tensorAt("t", F32, Long.MAX_VALUE - 31, 4), "cut off?");
  }

  @Test
  void emptyTensorsTakeNoRoom() throws IOException {
    GgufFile file = open(new GgufBuilder().floats("a", new float[4], 4).tensorAt("t", F32, 0, 0));
    assertThat(file.tensor("t").size()).isZero();
  }
}
