package dev.limpid.tensor.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads the numbers and strings of a GGUF header, one after the other, never beyond its end. */
final class GgufCursor {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final MemorySegment bytes;
  private long at;

  GgufCursor(Path path, MemorySegment bytes, long at) {
    this.path = path;
    this.bytes = bytes;
    this.at = at;
  }

  long at() {
    return at;
  }

  long left() {
    return bytes.byteSize() - at;
  }

  byte int8() throws MalformedGgufException {
    return bytes.get(ValueLayout.JAVA_BYTE, take(1));
  }

  short int16() throws MalformedGgufException {
    return bytes.get(SHORT, take(2));
  }

  int int32() throws MalformedGgufException {
    return bytes.get(INT, take(4));
  }

  long uint32() throws MalformedGgufException {
    return Integer.toUnsignedLong(int32());
  }

  long int64() throws MalformedGgufException {
    return bytes.get(LONG, take(8));
  }

  /** Passes over so many bytes and returns where they begin. */
  long take(long count) throws MalformedGgufException {
    if (count > left()) {
      throw bad("the file ends here, %d bytes too early".formatted(count - left()));
    }
    long start = at;
    at += count;
    return start;
  }

  /**
   * Reads how many things follow.
   *
   * @param least the bytes that each of them takes at least
   */
  long count(String things, int least) throws MalformedGgufException {
    long start = at;
    long count = int64();
    if (Long.compareUnsigned(count, left() / least) > 0) {
      throw new MalformedGgufException(
          path,
          start,
          "%s %s are claimed, and %d bytes are left"
              .formatted(Long.toUnsignedString(count), things, left()));
    }
    return count;
  }

  /** Reads a string of so many bytes at most. */
  String string(int longest) throws MalformedGgufException {
    long start = at;
    long length = count("bytes of text", 1);
    if (length > longest) {
      throw new MalformedGgufException(
          path, start, "a text of %d bytes, at most %d are allowed".formatted(length, longest));
    }
    byte[] text = new byte[(int) length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, take(length), text, 0, text.length);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedGgufException(path, start, "a text that is not UTF-8");
    }
  }

  MalformedGgufException bad(String reason) {
    return new MalformedGgufException(path, at, reason);
  }
}
