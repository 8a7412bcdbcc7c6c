package dev.limpid.tensor.gguf;

/** The types of metadata values, in the order of their numbers in the file. */
enum GgufValueType {
  UINT8(1),
  INT8(1),
  UINT16(2),
  INT16(2),
  UINT32(4),
  INT32(4),
  FLOAT32(4),
  BOOL(1),
  STRING(0),
  ARRAY(0),
  UINT64(8),
  INT64(8),
  FLOAT64(8);

  /** Arrays in arrays deeper than this are damage: no key of the format has any. */
  private static final int DEEPEST = 4;

  private final int bytes;

  GgufValueType(int bytes) {
    this.bytes = bytes;
  }

  static GgufValueType read(GgufCursor cursor) throws MalformedGgufException {
    long number = cursor.uint32();
    if (number >= values().length) {
      throw cursor.bad("the unknown value type " + number);
    }
    return values()[(int) number];
  }

  boolean isNumber() {
    return this != BOOL && this != STRING && this != ARRAY;
  }

  boolean isInteger() {
    return isNumber() && this != FLOAT32 && this != FLOAT64;
  }

  /** Returns the bytes that a value takes at least. */
  int least() {
    return switch (this) {
      case STRING -> Long.BYTES;
      case ARRAY -> Integer.BYTES + Long.BYTES;
      default -> bytes;
    };
  }

  /** Passes over a value, and checks that it lies within the file. */
  void skip(GgufCursor cursor) throws MalformedGgufException {
    skip(cursor, 0);
  }

  private void skip(GgufCursor cursor, int depth) throws MalformedGgufException {
    switch (this) {
      case STRING -> cursor.take(cursor.count("bytes of text", 1));
      case ARRAY -> skipArray(cursor, depth + 1);
      default -> cursor.take(bytes);
    }
  }

  private static void skipArray(GgufCursor cursor, int depth) throws MalformedGgufException {
    if (depth > DEEPEST) {
      throw cursor.bad("arrays in arrays, more than " + DEEPEST + " deep");
    }
    GgufValueType element = read(cursor);
    long count = cursor.count("array elements", element.least());
    if (element == STRING || element == ARRAY) {
      for (long i = 0; i < count; i++) {
        element.skip(cursor, depth);
      }
    } else {
      cursor.take(count * element.bytes);
    }
  }

  /** Reads a whole number. */
  long integer(GgufCursor cursor) throws MalformedGgufException {
    return switch (this) {
      case UINT8 -> Byte.toUnsignedLong(cursor.int8());
      case INT8 -> cursor.int8();
      case UINT16 -> Short.toUnsignedLong(cursor.int16());
      case INT16 -> cursor.int16();
      case UINT32 -> cursor.uint32();
      case INT32 -> cursor.int32();
      case INT64 -> cursor.int64();
      case UINT64 -> {
        long value = cursor.int64();
        if (value < 0) {
          throw cursor.bad("the number " + Long.toUnsignedString(value) + " is too large");
        }
        yield value;
      }
      default -> throw cursor.bad("should be a whole number, is " + this);
    };
  }

  /** Reads any number. */
  double number(GgufCursor cursor) throws MalformedGgufException {
    return switch (this) {
      case FLOAT32 -> Float.intBitsToFloat(cursor.int32());
      case FLOAT64 -> Double.longBitsToDouble(cursor.int64());
      default -> integer(cursor);
    };
  }
}
