package dev.limpid.tensor.gguf;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.files.MappedFile;
import dev.limpid.tensor.weights.MissingTensorException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One GGUF file (version 2 or 3, little endian), mapped read-only: metadata, descriptions of the
 * tensors, the data.
 *
 * <p>Every claim of the header is checked when the file is opened, against the bytes that are
 * there: nothing is allocated for what is only claimed. Tensors of types the engine does not
 * compute with are listed, and are an error only when asked for.
 */
public final class GgufFile {
  /** The letters GGUF, read as a little-endian number. */
  private static final int MAGIC = 0x46554747;

  private static final int DEFAULT_ALIGNMENT = 32;

  private final Path path;
  private final MappedFile file;
  private final int version;
  private final GgufMetadata metadata;
  private final Map<String, GgufTensorInfo> tensors;
  private final long dataStart;

  private GgufFile(
      MappedFile file,
      int version,
      GgufMetadata metadata,
      Map<String, GgufTensorInfo> tensors,
      long dataStart) {
    this.path = file.path();
    this.file = file;
    this.version = version;
    this.metadata = metadata;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.dataStart = dataStart;
  }

  /**
   * Maps a file and checks its header.
   *
   * @param arena how long the mapping lives; tensors must not be used after it is closed
   * @throws MalformedGgufException if the file is damaged, or of a kind that is not supported
   * @throws IOException if it cannot be read
   */
  public static GgufFile open(Path path, Arena arena) throws IOException {
    return parse(MappedFile.open(path, arena));
  }

  private static GgufFile parse(MappedFile file) throws MalformedGgufException {
    Path path = file.path();
    MemorySegment bytes = file.bytes();
    GgufCursor cursor = new GgufCursor(path, bytes, 0);
    if (cursor.left() < Integer.BYTES || cursor.int32() != MAGIC) {
      throw new MalformedGgufException(path, 0, "no GGUF file: it does not begin with 'GGUF'");
    }
    int version = version(path, cursor);
    long tensorCount = cursor.count("tensors", GgufTensorInfo.LEAST_BYTES);
    long keyCount = cursor.int64();
    GgufMetadata metadata = GgufMetadata.read(path, bytes, cursor, keyCount);
    int alignment = alignment(path, metadata);
    Map<String, GgufTensorInfo> tensors = new LinkedHashMap<>();
    for (long i = 0; i < tensorCount; i++) {
      long start = cursor.at();
      GgufTensorInfo tensor = GgufTensorInfo.read(path, cursor, alignment);
      if (tensors.put(tensor.name(), tensor) != null) {
        throw new MalformedGgufException(
            path, start, "the tensor '" + tensor.name() + "' is there twice");
      }
    }
    long dataStart = (cursor.at() + alignment - 1) / alignment * alignment;
    GgufTensorInfo.requireInside(path, tensors.values(), dataStart, bytes.byteSize());
    return new GgufFile(file, version, metadata, tensors, dataStart);
  }

  private static int version(Path path, GgufCursor cursor) throws MalformedGgufException {
    int version = cursor.int32();
    if (version == 2 || version == 3) {
      return version;
    }
    boolean swapped = (version & 0xffff) == 0 && version != 0;
    throw new MalformedGgufException(
        path,
        Integer.BYTES,
        swapped
            ? "the file is big endian, only little endian is supported; convert it with"
                + " gguf_convert_endian"
            : "GGUF version %s, supported are 2 and 3"
                .formatted(Integer.toUnsignedString(version)));
  }

  private static int alignment(Path path, GgufMetadata metadata) throws MalformedGgufException {
    long alignment = metadata.integer("general.alignment").orElse(DEFAULT_ALIGNMENT);
    if (alignment < 1 || alignment > 1 << 30 || Long.bitCount(alignment) != 1) {
      throw new MalformedGgufException(
          path, 0, "general.alignment is %d, should be a power of two".formatted(alignment));
    }
    return (int) alignment;
  }

  /**
   * Checks that the file is still as long as it was when it was mapped.
   *
   * @throws MalformedGgufException if it is not
   */
  public void requireWhole() throws IOException {
    long size = Files.size(path);
    long before = file.bytes().byteSize();
    if (size < before) {
      throw new MalformedGgufException(
          path, size, "the file had %d bytes and was cut off while it was read".formatted(before));
    }
  }

  /**
   * Returns the same file mapped once more, so that what is read of it can be let go of.
   *
   * @param arena how long that mapping lives
   * @throws IOException if the file was cut off or changed since it was opened
   */
  public GgufFile mappedAgain(Arena arena) throws IOException {
    requireWhole();
    return new GgufFile(file.again(arena), version, metadata, tensors, dataStart);
  }

  /** Returns the file's path. */
  public Path path() {
    return path;
  }

  /** Returns the version of the format, 2 or 3. */
  public int version() {
    return version;
  }

  /** Returns the keys and their values. */
  public GgufMetadata metadata() {
    return metadata;
  }

  /** Returns the names of all tensors, in the header's order. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /**
   * Returns the extents of a tensor, outermost first (the file has them the other way round), or
   * empty if there is none of that name.
   */
  public Optional<Shape> shape(String name) {
    return Optional.ofNullable(tensors.get(name)).map(GgufTensorInfo::shape);
  }

  /** Returns how the elements of a tensor are stored, or empty if there is none of that name. */
  public Optional<GgufType> type(String name) {
    return Optional.ofNullable(tensors.get(name)).map(GgufTensorInfo::type);
  }

  /**
   * Checks that a tensor is there and of a type that is supported, without reading it.
   *
   * @throws MissingTensorException if not
   */
  public void requireSupported(String name) throws MissingTensorException {
    info(name);
  }

  private GgufTensorInfo info(String name) throws MissingTensorException {
    @Nullable GgufTensorInfo tensor = tensors.get(name);
    if (tensor == null) {
      throw new MissingTensorException(path, name, "is not in the file");
    }
    if (!tensor.type().isSupported()) {
      throw new MissingTensorException(
          path,
          name,
          "has type %s, supported are %s".formatted(tensor.type(), GgufType.supported()));
    }
    return tensor;
  }

  /**
   * Returns a tensor, a view of the mapped file: one of a quantised type is decoded whenever it is
   * read.
   *
   * @throws MissingTensorException if there is none of that name, or its type is not supported
   */
  public Tensor tensor(String name) throws MissingTensorException {
    GgufTensorInfo tensor = info(name);
    MemorySegment data = file.bytes().asSlice(dataStart + tensor.offset(), tensor.bytes());
    Optional<DType> dtype = tensor.type().dtype();
    return dtype.isPresent()
        ? Tensor.over(data, dtype.get(), tensor.shape())
        : Tensor.over(data, tensor.type().format().orElseThrow(), tensor.shape());
  }
}
