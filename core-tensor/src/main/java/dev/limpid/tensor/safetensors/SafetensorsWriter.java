package dev.limpid.tensor.safetensors;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Collects tensors and writes them as one safetensors file, of F32 and I64.
 *
 * <p>A tensor may be given as a supplier, which is asked when its turn to be written comes: a trace
 * of many layers then never has to be in memory as a whole.
 */
public final class SafetensorsWriter {
  /** Writes the elements of one tensor. */
  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private record Item(DType dtype, Shape shape, Content content) {
    long bytes() {
      return shape.size() * dtype.bytes();
    }
  }

  private static final int CHUNK = 1 << 14;

  private final Map<String, Item> items = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** Creates a writer without tensors. */
  public SafetensorsWriter() {}

  /** Adds a pair of strings to the header's {@code __metadata__}. */
  public SafetensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Adds a tensor, to be written as F32. */
  public SafetensorsWriter add(String name, Tensor tensor) {
    return add(name, tensor.shape(), () -> tensor);
  }

  /** Adds a tensor that is asked for when it is written, as F32. */
  public SafetensorsWriter add(String name, Shape shape, Supplier<Tensor> tensor) {
    return put(
        name,
        new Item(
            DType.F32,
            shape,
            out -> {
              Tensor given = tensor.get();
              if (!given.shape().equals(shape)) {
                throw new ShapeException(
                    "shape mismatch in SafetensorsWriter: '%s' was announced as %s, is %s"
                        .formatted(name, shape, given.shape()));
              }
              writeFloats(given, out);
            }));
  }

  /** Adds a row of ids, to be written as I64. */
  public SafetensorsWriter add(String name, int[] ids) {
    return addIntegers(name, Shape.of(ids.length), () -> ids);
  }

  /** Adds whole numbers that are asked for when they are written, as I64. */
  public SafetensorsWriter addIntegers(String name, Shape shape, Supplier<int[]> numbers) {
    return put(
        name,
        new Item(
            DType.I64,
            shape,
            out -> {
              int[] given = numbers.get();
              if (given.length != shape.size()) {
                throw new ShapeException(
                    "shape mismatch in SafetensorsWriter: '%s' was announced as %s, has %d numbers"
                        .formatted(name, shape, given.length));
              }
              byte[] bytes = new byte[given.length * 8];
              ByteBuffer buffer = littleEndian(bytes);
              for (int number : given) {
                buffer.putLong(number);
              }
              out.write(bytes);
            }));
  }

  private SafetensorsWriter put(String name, Item item) {
    if (items.put(name, item) != null) {
      throw new IllegalArgumentException("tensor '" + name + "' was added twice");
    }
    return this;
  }

  /**
   * Writes the file aside and moves it into place, so that a failure leaves nothing behind.
   *
   * @throws IOException if the target cannot be written
   */
  public void write(Path target) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    Path aside = Files.createTempFile(folder, "." + target.getFileName(), ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(aside), CHUNK * 4)) {
        writeTo(out);
      }
      Files.move(
          aside, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  /**
   * Writes the file's bytes to a stream, which is neither flushed nor closed.
   *
   * @param out buffered
   */
  public void writeTo(OutputStream out) throws IOException {
    byte[] header = header();
    byte[] length = new byte[8];
    littleEndian(length).putLong(header.length);
    out.write(length);
    out.write(header);
    for (Item item : items.values()) {
      item.content.writeTo(out);
    }
  }

  /** The header in JSON, padded with blanks to a multiple of 8 so that the data is aligned. */
  private byte[] header() {
    JsonMapper json = JsonMapper.shared();
    ObjectNode root = json.createObjectNode();
    ObjectNode pairs = root.putObject("__metadata__");
    metadata.forEach(pairs::put);
    long begin = 0;
    for (Map.Entry<String, Item> entry : items.entrySet()) {
      Item item = entry.getValue();
      ObjectNode node = root.putObject(entry.getKey());
      node.put("dtype", item.dtype.name());
      ArrayNode shape = node.putArray("shape");
      item.shape.dims().forEach(shape::add);
      node.putArray("data_offsets").add(begin).add(begin + item.bytes());
      begin += item.bytes();
    }
    byte[] bytes = json.writeValueAsBytes(root);
    byte[] padded = new byte[(bytes.length + 7) / 8 * 8];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(bytes, 0, padded, 0, bytes.length);
    return padded;
  }

  private static void writeFloats(Tensor tensor, OutputStream out) throws IOException {
    float[] floats = new float[CHUNK];
    byte[] bytes = new byte[CHUNK * 4];
    FloatBuffer buffer = littleEndian(bytes).asFloatBuffer();
    for (long from = 0; from < tensor.size(); from += CHUNK) {
      int count = (int) Math.min(CHUNK, tensor.size() - from);
      tensor.copyTo(from, floats, 0, count);
      buffer.clear().put(floats, 0, count);
      out.write(bytes, 0, count * 4);
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
