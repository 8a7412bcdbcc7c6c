package dev.limpid.model.tokenizer;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one protobuf message, in order: {@link #next}, then the value, or the next
 * field at once. Only what SentencePiece's models need.
 *
 * <p>A message that ends too early is a {@link BufferUnderflowException}.
 */
final class ProtobufFields {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteBuffer buffer;
  private int wireType;
  private int end;

  ProtobufFields(ByteBuffer buffer) {
    this.buffer = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Moves to the next field and returns its number, or 0 at the end of the message. */
  int next() {
    buffer.position(end);
    if (!buffer.hasRemaining()) {
      return 0;
    }
    long tag = readVarint();
    wireType = (int) tag & 7;
    int start = buffer.position();
    long length =
        switch (wireType) {
          case VARINT -> {
            readVarint();
            yield buffer.position() - start;
          }
          case FIXED64 -> 8;
          case FIXED32 -> 4;
          case BYTES -> {
            long bytes = readVarint();
            start = buffer.position();
            yield bytes;
          }
          default -> throw new IllegalArgumentException("a field of wire type " + wireType);
        };
    if (length < 0 || length > buffer.limit() - start) {
      throw new BufferUnderflowException();
    }
    end = start + (int) length;
    buffer.position(start);
    return (int) (tag >>> 3);
  }

  private long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = buffer.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number of more than 64 bits");
  }

  int number() {
    require(VARINT);
    return (int) readVarint();
  }

  boolean flag() {
    return number() != 0;
  }

  float real() {
    require(FIXED32);
    return buffer.getFloat();
  }

  String text() {
    return StandardCharsets.UTF_8.decode(bytes()).toString();
  }

  ProtobufFields message() {
    return new ProtobufFields(bytes());
  }

  int length() {
    return bytes().remaining();
  }

  private ByteBuffer bytes() {
    require(BYTES);
    return buffer.slice(buffer.position(), end - buffer.position());
  }

  private void require(int expected) {
    if (wireType != expected) {
      throw new IllegalArgumentException(
          "wire type %d where %d belongs".formatted(wireType, expected));
    }
  }
}
