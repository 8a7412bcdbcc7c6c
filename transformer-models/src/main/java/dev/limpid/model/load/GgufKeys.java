package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.gguf.GgufMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** The keys of one architecture in a GGUF file; it remembers which of them were read. */
final class GgufKeys {
  private final GgufFile file;
  private final GgufMetadata metadata;
  private final String prefix;
  private final Set<String> read = new HashSet<>();

  GgufKeys(GgufFile file, String architecture) {
    this.file = file;
    this.metadata = file.metadata();
    this.prefix = architecture + ".";
  }

  GgufFile file() {
    return file;
  }

  /** Returns whether there is a tensor of that name in the first layer. */
  boolean hasInLayer(String name) {
    return file.names().contains("blk.0." + name);
  }

  boolean has(String key) {
    read.add(prefix + key);
    return metadata.contains(prefix + key);
  }

  OptionalDouble number(String key) throws IOException {
    return has(key) ? metadata.number(prefix + key) : OptionalDouble.empty();
  }

  OptionalLong integer(String key) throws IOException {
    return has(key) ? OptionalLong.of(required(key).longValue()) : OptionalLong.empty();
  }

  Optional<String> string(String key) throws IOException {
    return has(key) ? metadata.string(prefix + key) : Optional.empty();
  }

  Optional<Boolean> flag(String key) throws IOException {
    return has(key) ? metadata.flag(prefix + key) : Optional.empty();
  }

  /** Returns a list of truth values, one of each layer; empty where the key is no list. */
  Optional<List<Boolean>> flags(String key) throws IOException {
    return has(key) && metadata.isList(prefix + key)
        ? metadata.flags(prefix + key)
        : Optional.empty();
  }

  /** Some converters give a number layer by layer, also where it is the same in all of them. */
  Number required(String key) throws IOException {
    String name = prefix + key;
    if (!has(key)) {
      throw bad("key '" + name + "' is missing");
    }
    double[] ofLayers =
        metadata.isList(name)
            ? metadata.numbers(name).orElseThrow()
            : new double[] {metadata.number(name).orElseThrow()};
    for (double other : ofLayers) {
      if (other != ofLayers[0]) {
        throw bad("key '" + name + "' differs from layer to layer, which is not supported");
      }
    }
    if (ofLayers.length == 0) {
      throw bad("key '" + name + "' is an empty list");
    }
    double number = ofLayers[0];
    if (number == Math.rint(number) && Math.abs(number) <= Long.MAX_VALUE) {
      return (long) number;
    }
    return number;
  }

  /** Returns the numbers of a tensor that is there. */
  List<Float> floats(String name) throws IOException {
    List<Float> numbers = new ArrayList<>();
    for (float number : file.tensor(name).toFloats()) {
      numbers.add(number);
    }
    return numbers;
  }

  /** Leaves a key out on purpose: what it says changes nothing. */
  void ignore(String key) {
    read.add(prefix + key);
  }

  /**
   * Checks that all keys of the architecture have been read.
   *
   * @throws ModelConfigException if not: what it says might change what the model computes
   */
  void requireAllRead() throws ModelConfigException {
    List<String> others =
        metadata.keys().stream()
            .filter(key -> key.startsWith(prefix) && !read.contains(key))
            .toList();
    if (!others.isEmpty()) {
      throw new ModelConfigException(
          file.path(), "key '" + others.getFirst() + "'", String.join(", ", new TreeSet<>(read)));
    }
  }

  /** Returns the exception for a value that is understood but not supported. */
  ModelConfigException unsupported(String key, Object value, String supported) {
    return new ModelConfigException(
        file.path(), "key '%s%s' is %s, which".formatted(prefix, key, value), supported);
  }

  ModelConfigException bad(String reason) {
    return new ModelConfigException(file.path(), reason);
  }
}
