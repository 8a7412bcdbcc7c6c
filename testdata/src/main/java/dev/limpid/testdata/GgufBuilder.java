package dev.limpid.testdata;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes small GGUF files for tests, valid ones and ones that lie, byte by byte as the format. */
public final class GgufBuilder {
  public static final int UINT16 = 2;
  public static final int UINT32 = 4;
  public static final int INT32 = 5;
  public static final int FLOAT32 = 6;
  public static final int BOOL = 7;
  public static final int STRING = 8;
  public static final int ARRAY = 9;
  public static final int UINT64 = 10;

  private static final int ALIGNMENT = 32;

  private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
  private final ByteArrayOutputStream infos = new ByteArrayOutputStream();
  private final List<byte[]> data = new ArrayList<>();
  private int version = 3;
  private long keyCount;
  private long tensorCount;
  private long dataSize;

  /** Sets the version. */
  public GgufBuilder version(int number) {
    version = number;
    return this;
  }

  /** Adds a number to the tensors that the header claims. */
  public GgufBuilder claimTensors(long more) {
    tensorCount += more;
    return this;
  }

  /** Adds a number to the keys that the header claims. */
  public GgufBuilder claimKeys(long more) {
    keyCount += more;
    return this;
  }

  /** Adds a key with a value as it stands in the file. */
  public GgufBuilder raw(String key, int type, byte[] value) {
    keyCount++;
    pairs.writeBytes(string(key));
    pairs.writeBytes(int32(type));
    pairs.writeBytes(value);
    return this;
  }

  /** Adds a key with a text. */
  public GgufBuilder text(String key, String value) {
    return raw(key, STRING, string(value));
  }

  /** Adds a key with a whole number. */
  public GgufBuilder integer(String key, int value) {
    return raw(key, UINT32, int32(value));
  }

  /** Adds a key with a whole number in 16 bits. */
  public GgufBuilder integer16(String key, int value) {
    return raw(key, UINT16, new byte[] {(byte) value, (byte) (value >> 8)});
  }

  /** Adds a key with a whole number with a sign. */
  public GgufBuilder integer32(String key, int value) {
    return raw(key, INT32, int32(value));
  }

  /** Adds a key with a number. */
  public GgufBuilder number(String key, float value) {
    return raw(key, FLOAT32, int32(Float.floatToRawIntBits(value)));
  }

  /** Adds a key with a truth value. */
  public GgufBuilder flag(String key, boolean value) {
    return raw(key, BOOL, new byte[] {(byte) (value ? 1 : 0)});
  }

  /** Adds a key with a list of texts. */
  public GgufBuilder texts(String key, String... values) {
    byte[][] elements = new byte[values.length][];
    for (int i = 0; i < values.length; i++) {
      elements[i] = string(values[i]);
    }
    return raw(key, ARRAY, array(STRING, values.length, elements));
  }

  /** Adds a key with a list of whole numbers. */
  public GgufBuilder integers(String key, int... values) {
    byte[][] elements = new byte[values.length][];
    for (int i = 0; i < values.length; i++) {
      elements[i] = int32(values[i]);
    }
    return raw(key, ARRAY, array(INT32, values.length, elements));
  }

  /** Adds a tensor behind those before it; extents innermost first, as in the file. */
  public GgufBuilder tensor(String name, int type, byte[] bytes, long... dims) {
    tensorAt(name, type, dataSize, dims);
    byte[] padded = new byte[(bytes.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT];
    System.arraycopy(bytes, 0, padded, 0, bytes.length);
    data.add(padded);
    dataSize += padded.length;
    return this;
  }

  /** Adds a tensor of floats behind those before it; extents innermost first. */
  public GgufBuilder floats(String name, float[] values, long... dims) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return tensor(name, 0, bytes.array(), dims);
  }

  /** Adds the description of a tensor without any data. */
  public GgufBuilder tensorAt(String name, int type, long offset, long... dims) {
    tensorCount++;
    infos.writeBytes(string(name));
    infos.writeBytes(int32(dims.length));
    for (long dim : dims) {
      infos.writeBytes(int64(dim));
    }
    infos.writeBytes(int32(type));
    infos.writeBytes(int64(offset));
    return this;
  }

  /** Returns the file. */
  public byte[] bytes() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(int32(version));
    file.writeBytes(int64(tensorCount));
    file.writeBytes(int64(keyCount));
    file.writeBytes(pairs.toByteArray());
    file.writeBytes(infos.toByteArray());
    file.writeBytes(new byte[Math.floorMod(-file.size(), ALIGNMENT)]);
    data.forEach(file::writeBytes);
    return file.toByteArray();
  }

  /** Writes the file. */
  public Path write(Path path) throws IOException {
    return Files.write(path, bytes());
  }

  /** Returns an array as it stands in the file. */
  public static byte[] array(int type, long count, byte[]... elements) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(int32(type));
    bytes.writeBytes(int64(count));
    for (byte[] element : elements) {
      bytes.writeBytes(element);
    }
    return bytes.toByteArray();
  }

  /** Returns a text as it stands in the file. */
  public static byte[] string(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .array();
  }

  /** Returns a number of 4 bytes. */
  public static byte[] int32(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** Returns a number of 8 bytes. */
  public static byte[] int64(long value) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }
}
