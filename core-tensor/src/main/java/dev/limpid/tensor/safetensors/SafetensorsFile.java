package dev.limpid.tensor.safetensors;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.files.JsonProblem;
import dev.limpid.tensor.files.MappedFile;
import dev.limpid.tensor.files.ModelFile;
import dev.limpid.tensor.weights.MissingTensorException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One safetensors file, mapped read-only: 8 bytes with the header's length, the header in JSON, the
 * data.
 *
 * <p>Every claim of the header is checked when the file is opened: types, shapes, and that the
 * tensors lie inside the file without overlap. Tensors of types the engine does not compute with
 * (BOOL, U8, F64 ...) are listed, and are an error only when asked for.
 */
public final class SafetensorsFile {
  /** The largest header the format allows. */
  private static final int MAX_HEADER = 100_000_000;

  private static final String METADATA = "__metadata__";

  /** Bytes of one element of every type the format knows. */
  private static final Map<String, Integer> ELEMENT_BYTES =
      Map.ofEntries(
          Map.entry("BOOL", 1),
          Map.entry("U8", 1),
          Map.entry("I8", 1),
          Map.entry("F8_E5M2", 1),
          Map.entry("F8_E4M3", 1),
          Map.entry("I16", 2),
          Map.entry("U16", 2),
          Map.entry("F16", 2),
          Map.entry("BF16", 2),
          Map.entry("I32", 4),
          Map.entry("U32", 4),
          Map.entry("F32", 4),
          Map.entry("F64", 8),
          Map.entry("I64", 8),
          Map.entry("U64", 8),
          Map.entry("C64", 8));

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Where a tensor lies: absolute offsets in the file. */
  private record Entry(String type, Shape shape, long begin, long end) {}

  private final Path path;
  private final MappedFile file;
  private final Map<String, Entry> entries;
  private final Map<String, String> metadata;

  private SafetensorsFile(
      MappedFile file, Map<String, Entry> entries, Map<String, String> metadata) {
    this.path = file.path();
    this.file = file;
    this.entries = Collections.unmodifiableMap(entries);
    this.metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * Maps a file and checks its header.
   *
   * @param arena how long the mapping lives; tensors must not be used after it is closed
   * @throws MalformedSafetensorsException if the file is damaged
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile open(Path path, Arena arena) throws IOException {
    ModelFile.require(path);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size < 8) {
        throw new MalformedSafetensorsException(
            path, size, "the file has " + size + " bytes, too short for the header's length");
      }
      byte[] head = read(path, channel, 0, 8);
      long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (length < 2 || length > Math.min(MAX_HEADER, size - 8)) {
        throw new MalformedSafetensorsException(
            path,
            0,
            "the header claims %s bytes, the file has %d after the length"
                .formatted(Long.toUnsignedString(length), size - 8));
      }
      byte[] header = read(path, channel, 8, (int) length);
      return parse(header, MappedFile.of(path, channel, arena));
    }
  }

  private static byte[] read(Path path, FileChannel channel, long from, int count)
      throws IOException {
    byte[] bytes = new byte[count];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new MalformedSafetensorsException(
            path, from + buffer.position(), "the file ended while its header was read");
      }
    }
    return bytes;
  }

  private static SafetensorsFile parse(byte[] header, MappedFile file) throws IOException {
    Path path = file.path();
    if (ModelFile.isMarked(header)) {
      throw new MalformedSafetensorsException(path, 8, "the header is not in plain UTF-8");
    }
    JsonNode root;
    try {
      root = JSON.readTree(header);
    } catch (JacksonException e) {
      long column = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
      throw new MalformedSafetensorsException(
          path, 8 + column, "the header is not valid JSON: " + JsonProblem.reason(e));
    }
    if (!root.isObject()) {
      throw new MalformedSafetensorsException(path, 8, "the header is not a JSON object");
    }
    long dataStart = 8L + header.length;
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (field.getKey().equals(METADATA)) {
        for (Map.Entry<String, JsonNode> pair : field.getValue().properties()) {
          metadata.put(pair.getKey(), pair.getValue().asString(""));
        }
      } else {
        entries.put(
            field.getKey(),
            entry(path, field.getKey(), field.getValue(), dataStart, file.bytes().byteSize()));
      }
    }
    requireNoOverlap(path, entries);
    return new SafetensorsFile(file, entries, metadata);
  }

  private static Entry entry(Path path, String name, JsonNode node, long dataStart, long fileSize)
      throws MalformedSafetensorsException {
    String type = node.path("dtype").asString("");
    Integer elementBytes = ELEMENT_BYTES.get(type);
    JsonNode offsets = node.path("data_offsets");
    JsonNode dims = node.path("shape");
    if (elementBytes == null) {
      throw bad(path, name, "has the unknown dtype '" + type + "'");
    }
    if (!dims.isArray() || !offsets.isArray() || offsets.size() != 2) {
      throw bad(path, name, "lacks a shape or two data_offsets");
    }
    List<Integer> extents = new ArrayList<>();
    for (JsonNode dim : dims) {
      if (!dim.isIntegralNumber() || !dim.canConvertToInt() || dim.asInt() < 0) {
        throw bad(path, name, "has the impossible extent " + dim);
      }
      extents.add(dim.asInt());
    }
    JsonNode first = offsets.get(0);
    JsonNode last = offsets.get(1);
    if (!first.isIntegralNumber()
        || !last.isIntegralNumber()
        || !first.canConvertToLong()
        || !last.canConvertToLong()) {
      throw bad(path, name, "has data_offsets that are no whole numbers");
    }
    long begin = first.asLong();
    long end = last.asLong();
    if (begin < 0 || end < begin || end > fileSize - dataStart) {
      throw new MalformedSafetensorsException(
          path,
          fileSize,
          "tensor '%s' claims bytes %d to %d of %d (is the file cut off?)"
              .formatted(name, begin, end, fileSize - dataStart));
    }
    try {
      Shape shape = new Shape(extents);
      if (Math.multiplyExact(shape.size(), (long) elementBytes) != end - begin) {
        throw bad(
            path,
            name,
            "has %d bytes, but its shape %s of %s needs another number"
                .formatted(end - begin, shape, type));
      }
      return new Entry(type, shape, dataStart + begin, dataStart + end);
    } catch (ShapeException | ArithmeticException e) {
      throw bad(path, name, "has a shape too large to count: " + dims);
    }
  }

  private static void requireNoOverlap(Path path, Map<String, Entry> entries)
      throws MalformedSafetensorsException {
    List<Map.Entry<String, Entry>> inOrder =
        entries.entrySet().stream()
            .filter(e -> e.getValue().end > e.getValue().begin)
            .sorted(Comparator.comparingLong(e -> e.getValue().begin))
            .toList();
    for (int i = 1; i < inOrder.size(); i++) {
      if (inOrder.get(i).getValue().begin < inOrder.get(i - 1).getValue().end) {
        throw new MalformedSafetensorsException(
            path,
            inOrder.get(i).getValue().begin,
            "tensors '%s' and '%s' overlap"
                .formatted(inOrder.get(i - 1).getKey(), inOrder.get(i).getKey()));
      }
    }
  }

  private static MalformedSafetensorsException bad(Path path, String name, String reason) {
    return new MalformedSafetensorsException(path, 8, "tensor '" + name + "' " + reason);
  }

  /** Returns the file's path. */
  public Path path() {
    return path;
  }

  /**
   * Checks that the file is still as long as it was when it was mapped. What lies behind the new
   * end of one that was cut off meanwhile reads as zeros, or cannot be read at all.
   *
   * @throws MalformedSafetensorsException if it is not
   */
  public void requireWhole() throws IOException {
    long size = Files.size(path);
    long before = file.bytes().byteSize();
    if (size < before) {
      throw new MalformedSafetensorsException(
          path, size, "the file had %d bytes and was cut off while it was read".formatted(before));
    }
  }

  /**
   * Returns the same file mapped once more, so that what is read of it can be let go of.
   *
   * @param arena how long that mapping lives
   * @throws IOException if the file was cut off or changed since it was opened
   */
  public SafetensorsFile mappedAgain(Arena arena) throws IOException {
    requireWhole();
    return new SafetensorsFile(file.again(arena), entries, metadata);
  }

  /** Returns the names of all tensors, in the header's order. */
  public Set<String> names() {
    return entries.keySet();
  }

  /** Returns the header's {@code __metadata__}, or an empty map. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Returns the extents of a tensor, or empty if there is none of that name. */
  public Optional<Shape> shape(String name) {
    return Optional.ofNullable(entries.get(name)).map(Entry::shape);
  }

  /** Returns the element type of a tensor as the file names it, or empty if there is none. */
  public Optional<String> type(String name) {
    return Optional.ofNullable(entries.get(name)).map(Entry::type);
  }

  /**
   * Returns a tensor as a view of the mapped file.
   *
   * @throws MissingTensorException if there is none of that name, or its type is not supported
   */
  public Tensor tensor(String name) throws MissingTensorException {
    @Nullable Entry entry = entries.get(name);
    if (entry == null) {
      throw new MissingTensorException(path, name, "is not in the file");
    }
    DType dtype =
        switch (entry.type) {
          case "F32" -> DType.F32;
          case "F16" -> DType.F16;
          case "BF16" -> DType.BF16;
          case "I64" -> DType.I64;
          default ->
              throw new MissingTensorException(
                  path, name, "has dtype " + entry.type + ", supported are F32, F16 and BF16");
        };
    return Tensor.over(
        file.bytes().asSlice(entry.begin, entry.end - entry.begin), dtype, entry.shape);
  }

  /**
   * Returns the bytes of a tensor of U8, as a view of the mapped file.
   *
   * @throws MissingTensorException if there is none of that name, or it has another type or shape
   */
  MemorySegment bytes(String name, int... expectedShape) throws MissingTensorException {
    @Nullable Entry entry = entries.get(name);
    if (entry == null) {
      throw new MissingTensorException(path, name, "is not in the file");
    }
    Shape expected = Shape.of(expectedShape);
    if (!entry.type.equals("U8") || !entry.shape.equals(expected)) {
      throw new MissingTensorException(
          path,
          name,
          "has dtype %s and shape %s, the configuration needs U8 and %s"
              .formatted(entry.type, entry.shape, expected));
    }
    return file.bytes().asSlice(entry.begin, entry.end - entry.begin);
  }
}
