package dev.limpid.tensor.gguf;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a GGUF file and their values, asked for by name and type.
 *
 * <p>Values stay in the mapped file until they are asked for. A value of another type is an error
 * that names the key; any kind of integer is taken for any other that it fits.
 */
public final class GgufMetadata {
  private static final int LONGEST_KEY = 65_535;
  private static final int LONGEST_TEXT = Integer.MAX_VALUE - 8;

  /** The bytes that a key and its value take at least. */
  private static final int LEAST_PAIR = Long.BYTES + Integer.BYTES + 1;

  /** Where a value lies: an absolute offset in the file. */
  private record Value(GgufValueType type, long at) {}

  private final Path path;
  private final MemorySegment bytes;
  private final Map<String, Value> values;

  private GgufMetadata(Path path, MemorySegment bytes, Map<String, Value> values) {
    this.path = path;
    this.bytes = bytes;
    this.values = Collections.unmodifiableMap(values);
  }

  /** Reads where the values of so many keys lie. */
  static GgufMetadata read(Path path, MemorySegment bytes, GgufCursor cursor, long count)
      throws MalformedGgufException {
    if (Long.compareUnsigned(count, cursor.left() / LEAST_PAIR) > 0) {
      throw cursor.bad(
          "%s metadata keys are claimed, and %d bytes are left"
              .formatted(Long.toUnsignedString(count), cursor.left()));
    }
    Map<String, Value> values = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      long start = cursor.at();
      String key = cursor.string(LONGEST_KEY);
      GgufValueType type = GgufValueType.read(cursor);
      if (values.put(key, new Value(type, cursor.at())) != null) {
        throw new MalformedGgufException(path, start, "the key '" + key + "' is there twice");
      }
      type.skip(cursor);
    }
    return new GgufMetadata(path, bytes, values);
  }

  /** Returns the keys, in the file's order. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** Returns whether there is a value under a key. */
  public boolean contains(String key) {
    return values.containsKey(key);
  }

  /** Returns whether the value under a key is a list; false where there is none. */
  public boolean isList(String key) {
    @Nullable Value value = values.get(key);
    return value != null && value.type == GgufValueType.ARRAY;
  }

  /** Returns the whole number under a key. */
  public OptionalLong integer(String key) throws MalformedGgufException {
    @Nullable Value value = values.get(key);
    if (value == null) {
      return OptionalLong.empty();
    }
    require(key, value, value.type.isInteger(), "a whole number");
    return OptionalLong.of(value.type.integer(cursor(value)));
  }

  /** Returns the number under a key. */
  public OptionalDouble number(String key) throws MalformedGgufException {
    @Nullable Value value = values.get(key);
    if (value == null) {
      return OptionalDouble.empty();
    }
    require(key, value, value.type.isNumber(), "a number");
    return OptionalDouble.of(value.type.number(cursor(value)));
  }

  /** Returns the truth value under a key. */
  public Optional<Boolean> flag(String key) throws MalformedGgufException {
    @Nullable Value value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    require(key, value, value.type == GgufValueType.BOOL, "true or false");
    return Optional.of(cursor(value).int8() != 0);
  }

  /** Returns the string under a key. */
  public Optional<String> string(String key) throws MalformedGgufException {
    @Nullable Value value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    require(key, value, value.type == GgufValueType.STRING, "a text");
    return Optional.of(cursor(value).string(LONGEST_TEXT));
  }

  /** Returns the array of strings under a key. */
  public Optional<List<String>> strings(String key) throws MalformedGgufException {
    @Nullable Value value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    GgufCursor cursor = array(key, value);
    GgufValueType element = GgufValueType.read(cursor);
    require(key, value, element == GgufValueType.STRING, "a list of texts");
    int count = length(key, value, cursor, element);
    List<String> strings = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      strings.add(cursor.string(LONGEST_TEXT));
    }
    return Optional.of(Collections.unmodifiableList(strings));
  }

  /** Returns the array of numbers under a key. */
  public Optional<double[]> numbers(String key) throws MalformedGgufException {
    @Nullable Value value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    GgufCursor cursor = array(key, value);
    GgufValueType element = GgufValueType.read(cursor);
    require(key, value, element.isNumber(), "a list of numbers");
    double[] numbers = new double[length(key, value, cursor, element)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = element.number(cursor);
    }
    return Optional.of(numbers);
  }

  /** Returns the array of truth values under a key; of whole numbers, 0 is false. */
  public Optional<List<Boolean>> flags(String key) throws MalformedGgufException {
    @Nullable Value value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    GgufCursor cursor = array(key, value);
    GgufValueType element = GgufValueType.read(cursor);
    boolean flag = element == GgufValueType.BOOL;
    require(key, value, flag || element.isInteger(), "a list of truth values");
    int count = length(key, value, cursor, element);
    List<Boolean> flags = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      flags.add(flag ? cursor.int8() != 0 : element.integer(cursor) != 0);
    }
    return Optional.of(Collections.unmodifiableList(flags));
  }

  private GgufCursor array(String key, Value value) throws MalformedGgufException {
    require(key, value, value.type == GgufValueType.ARRAY, "a list");
    return cursor(value);
  }

  private int length(String key, Value value, GgufCursor cursor, GgufValueType element)
      throws MalformedGgufException {
    long count = cursor.count("array elements", element.least());
    require(key, value, count <= LONGEST_TEXT, "a list that fits the memory");
    return (int) count;
  }

  private void require(String key, Value value, boolean fits, String expected)
      throws MalformedGgufException {
    if (!fits) {
      throw new MalformedGgufException(
          path, value.at, "key '%s' should be %s".formatted(key, expected));
    }
  }

  private GgufCursor cursor(Value value) {
    return new GgufCursor(path, bytes, value.at);
  }
}
