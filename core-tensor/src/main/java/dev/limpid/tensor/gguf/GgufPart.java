package dev.limpid.tensor.gguf;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.files.MappedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One file in the format GGUF, mapped, its header read: a whole model, or a part of one.
 *
 * @param file the bytes
 * @param version of the format, 2 or 3
 * @param metadata the keys and their values
 * @param tensors what the header says of the tensors, by their names
 * @param dataStart where their data begin
 */
record GgufPart(
    MappedFile file,
    int version,
    GgufMetadata metadata,
    Map<String, GgufTensorInfo> tensors,
    long dataStart) {
  /** The letters GGUF, read as a little-endian number. */
  private static final int MAGIC = 0x46554747;

  private static final int DEFAULT_ALIGNMENT = 32;

  GgufPart {
    tensors = Collections.unmodifiableMap(tensors);
  }

  static GgufPart open(Path path, Arena arena) throws IOException {
    return parse(MappedFile.open(path, arena));
  }

  private static GgufPart parse(MappedFile file) throws MalformedGgufException {
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
    return new GgufPart(file, version, metadata, tensors, dataStart);
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

  Path path() {
    return file.path();
  }

  void requireWhole() throws IOException {
    long size = Files.size(path());
    long before = file.bytes().byteSize();
    if (size < before) {
      throw new MalformedGgufException(
          path(),
          size,
          "the file had %d bytes and was cut off while it was read".formatted(before));
    }
  }

  GgufPart mappedAgain(Arena arena) throws IOException {
    requireWhole();
    return new GgufPart(file.again(arena), version, metadata, tensors, dataStart);
  }

  /** Returns a tensor of it, a view of the mapped file. */
  Tensor tensor(GgufTensorInfo tensor) {
    MemorySegment data = file.bytes().asSlice(dataStart + tensor.offset(), tensor.bytes());
    Optional<DType> dtype = tensor.type().dtype();
    return dtype.isPresent()
        ? Tensor.over(data, dtype.get(), tensor.shape())
        : Tensor.over(data, tensor.type().format().orElseThrow(), tensor.shape());
  }
}
