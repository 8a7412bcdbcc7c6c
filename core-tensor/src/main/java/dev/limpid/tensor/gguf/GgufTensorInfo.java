package dev.limpid.tensor.gguf;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.ShapeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * What a GGUF file says about one tensor.
 *
 * @param shape extents, outermost first
 * @param offset from where the data of all tensors begin
 * @param bytes the size of its data
 */
record GgufTensorInfo(String name, GgufType type, Shape shape, long offset, long bytes) {
  /** The bytes that a description takes at least: name, rank, type and offset. */
  static final int LEAST_BYTES = 8 + 4 + 4 + 8;

  private static final int LONGEST_NAME = 65_535;
  private static final int HIGHEST_RANK = 4;

  static GgufTensorInfo read(Path path, GgufCursor cursor, int alignment)
      throws MalformedGgufException {
    long start = cursor.at();
    String name = cursor.string(LONGEST_NAME);
    List<Integer> dims = dims(path, name, cursor);
    long number = cursor.uint32();
    long offset = cursor.int64();
    GgufType type =
        GgufType.of(number)
            .orElseThrow(() -> bad(path, start, name, "has the unknown type " + number));
    if (offset < 0 || offset % alignment != 0) {
      throw bad(
          path,
          start,
          name,
          "begins at %s, which is no multiple of the alignment %d"
              .formatted(Long.toUnsignedString(offset), alignment));
    }
    int innermost = dims.isEmpty() ? 1 : dims.getLast();
    if (innermost % type.blockElements() != 0) {
      throw bad(
          path,
          start,
          name,
          "has rows of %d elements, %s has blocks of %d"
              .formatted(innermost, type, type.blockElements()));
    }
    try {
      Shape shape = new Shape(dims);
      long blocks = shape.size() / type.blockElements();
      return new GgufTensorInfo(
          name, type, shape, offset, Math.multiplyExact(blocks, (long) type.blockBytes()));
    } catch (ShapeException | ArithmeticException e) {
      throw bad(path, start, name, "has a shape too large to count: " + dims);
    }
  }

  private static List<Integer> dims(Path path, String name, GgufCursor cursor)
      throws MalformedGgufException {
    long start = cursor.at();
    long rank = cursor.uint32();
    if (rank > HIGHEST_RANK) {
      throw bad(path, start, name, "has %d axes, at most 4 are allowed".formatted(rank));
    }
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      long extent = cursor.int64();
      if (extent < 0 || extent > Integer.MAX_VALUE) {
        throw bad(path, start, name, "has the impossible extent " + Long.toUnsignedString(extent));
      }
      dims.add((int) extent);
    }
    Collections.reverse(dims); // the file names the innermost first
    return dims;
  }

  /** Checks that the data of all tensors lie in the file, and none in those of another. */
  static void requireInside(
      Path path, Collection<GgufTensorInfo> tensors, long dataStart, long fileSize)
      throws MalformedGgufException {
    List<GgufTensorInfo> inOrder =
        tensors.stream()
            .filter(tensor -> tensor.bytes > 0)
            .sorted(Comparator.comparingLong(GgufTensorInfo::offset))
            .toList();
    long room = fileSize - dataStart;
    long end = 0;
    String before = "";
    for (GgufTensorInfo tensor : inOrder) {
      if (tensor.bytes > room || tensor.offset > room - tensor.bytes) {
        throw bad(
            path,
            fileSize,
            tensor.name,
            "claims %d bytes from %d on, and there are %d (is the file cut off?)"
                .formatted(tensor.bytes, tensor.offset, Math.max(0, room)));
      }
      if (tensor.offset < end) {
        throw new MalformedGgufException(
            path,
            dataStart + tensor.offset,
            "tensors '%s' and '%s' overlap".formatted(before, tensor.name));
      }
      end = tensor.offset + tensor.bytes;
      before = tensor.name;
    }
  }

  private static MalformedGgufException bad(Path path, long at, String name, String reason) {
    return new MalformedGgufException(path, at, "tensor '" + name + "' " + reason);
  }
}
