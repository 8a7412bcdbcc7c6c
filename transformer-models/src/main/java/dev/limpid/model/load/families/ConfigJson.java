package dev.limpid.model.load.families;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.tensor.files.JsonProblem;
import dev.limpid.tensor.files.ModelFile;
import dev.limpid.tensor.ops.Activation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys of one config.json, or of metadata translated to them, asked for by name and type; an
 * answer of the wrong type is an error that names the key.
 *
 * <p>A key that is null counts as absent, as it does for Hugging Face.
 */
public final class ConfigJson {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // Python writes NaN and Infinity; where a number counts, they are refused.
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(64).build())
                  .build())
          .build();

  private final Path path;
  private final JsonNode node;

  private ConfigJson(Path path, JsonNode node) {
    this.path = path;
    this.node = node;
  }

  /**
   * Reads a file.
   *
   * @throws ModelConfigException if it holds no JSON object
   */
  public static ConfigJson read(Path path) throws IOException {
    try {
      JsonNode node = JSON.readTree(ModelFile.readJson(path));
      if (!node.isObject()) {
        throw new ModelConfigException(path, "not a JSON object");
      }
      return new ConfigJson(path, node);
    } catch (JacksonException e) {
      throw new ModelConfigException(path, "not valid JSON: " + JsonProblem.of(e));
    }
  }

  /**
   * Returns what another format says in the same keys.
   *
   * @param path the file that says it
   * @param values numbers, texts, truth values, lists and maps of them
   */
  public static ConfigJson of(Path path, Map<String, ?> values) {
    return new ConfigJson(path, JSON.readTree(JSON.writeValueAsBytes(values)));
  }

  /** Returns whether a key is there and not null. */
  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** Returns whether there are no keys at all. */
  boolean isEmpty() {
    return node.isEmpty();
  }

  /** Returns whether a key is there, be it null. */
  public boolean mentions(String key) {
    return node.has(key);
  }

  /** Returns all keys, in the order of the file. */
  public Collection<String> keys() {
    return node.propertyNames();
  }

  /** Returns whether a key says nothing: absent, null, false, or empty. */
  public boolean isUnset(String key) {
    JsonNode value = node.path(key);
    return !has(key)
        || (value.isBoolean() && !value.asBoolean())
        || (value.isString() && value.asString().isEmpty())
        || (value.isContainer() && value.isEmpty());
  }

  /** Returns whether a list stands under a key. */
  public boolean isList(String key) {
    return node.path(key).isArray();
  }

  /** Returns whether an object stands under a key. */
  public boolean isObject(String key) {
    return node.path(key).isObject();
  }

  /** Returns the objects in the list under a key. */
  public List<ConfigJson> objects(String key) throws ModelConfigException {
    List<ConfigJson> objects = new ArrayList<>();
    for (JsonNode item : node.path(key)) {
      if (!item.isObject()) {
        throw wrong(key, "a list of objects");
      }
      objects.add(new ConfigJson(path, item));
    }
    return objects;
  }

  /** Returns whether a key is absent, or says true or false. */
  public boolean isFlag(String key) {
    return !has(key) || node.path(key).isBoolean();
  }

  /** Returns what stands under a key, for people. */
  public String words(String key) {
    return node.path(key).isString() ? node.path(key).asString() : node.path(key).toString();
  }

  /** Returns the object under a key; the key must be there. */
  public ConfigJson object(String key) throws ModelConfigException {
    if (!node.path(key).isObject()) {
      throw wrong(key, "an object");
    }
    return new ConfigJson(path, node.path(key));
  }

  /** Returns the whole number under a key that must be there. */
  public int integer(String key) throws ModelConfigException {
    JsonNode value = node.path(key);
    if (!value.isNumber() || !value.canConvertToInt() || value.asDouble() != value.asInt()) {
      throw wrong(key, "a whole number");
    }
    return value.asInt();
  }

  /** Returns the whole number under a key, or a default if it is absent. */
  public int integer(String key, int absent) throws ModelConfigException {
    return has(key) ? integer(key) : absent;
  }

  /** Returns the whole number from 1 on under a key, or a default if it is absent. */
  public int positive(String key, int absent) throws ModelConfigException {
    int value = integer(key, absent);
    if (value < 1) {
      throw wrong(key, "a whole number from 1 on");
    }
    return value;
  }

  /** Returns the finite number under a key that must be there. */
  public double number(String key) throws ModelConfigException {
    JsonNode value = node.path(key);
    double number = value.asDouble(Double.NaN); // also where no double is as large
    if (!value.isNumber() || !Double.isFinite(number)) {
      throw wrong(key, "a number");
    }
    return number;
  }

  /** Returns the number under a key, or a default if it is absent. */
  public double number(String key, double absent) throws ModelConfigException {
    return has(key) ? number(key) : absent;
  }

  /** Returns the number above 0 under a key, or a default if it is absent. */
  double above0(String key, double absent) throws ModelConfigException {
    double value = number(key, absent);
    if (value <= 0) {
      throw wrong(key, "a number above 0");
    }
    return value;
  }

  /** Returns the truth value under a key, or a default if it is absent. */
  public boolean flag(String key, boolean absent) throws ModelConfigException {
    if (!has(key)) {
      return absent;
    }
    if (!node.path(key).isBoolean()) {
      throw wrong(key, "true or false");
    }
    return node.path(key).asBoolean();
  }

  /** Returns the string under a key, or a default if it is absent. */
  public String string(String key, String absent) throws ModelConfigException {
    if (!has(key)) {
      return absent;
    }
    if (!node.path(key).isString()) {
      throw wrong(key, "a string");
    }
    return node.path(key).asString();
  }

  /** Returns the strings under a key that must be there. */
  public List<String> strings(String key) throws ModelConfigException {
    List<String> strings = new ArrayList<>();
    for (JsonNode item : node.path(key)) {
      if (!item.isString()) {
        throw wrong(key, "a list of strings");
      }
      strings.add(item.asString());
    }
    if (!node.path(key).isArray()) {
      throw wrong(key, "a list of strings");
    }
    return strings;
  }

  /** Returns the token id under a key, if there is one. */
  public OptionalInt id(String key) throws ModelConfigException {
    return has(key) ? OptionalInt.of(integer(key)) : OptionalInt.empty();
  }

  /** Returns the token ids under a key: one, a list, or none if it is absent. */
  public List<Integer> ids(String key) throws ModelConfigException {
    if (!node.path(key).isArray()) {
      return has(key) ? List.of(integer(key)) : List.of();
    }
    List<Integer> ids = new ArrayList<>();
    for (JsonNode item : node.path(key)) {
      if (!item.isInt()) {
        throw wrong(key, "a list of token ids");
      }
      ids.add(item.asInt());
    }
    return ids;
  }

  /** Returns the activation that Hugging Face knows by the name under a key. */
  public Activation activation(String key, String absent) throws ModelConfigException {
    String name = string(key, absent);
    return switch (name) {
      case "relu" -> Activation.RELU;
      case "relu2" -> Activation.RELU_SQUARED;
      case "gelu", "gelu_python" -> Activation.GELU_ERF;
      case "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_accurate" -> Activation.GELU_TANH;
      case "quick_gelu" -> Activation.QUICK_GELU;
      case "silu", "swish" -> Activation.SILU;
      default ->
          throw unsupported(
              key,
              name,
              "relu, relu2, gelu, gelu_python, gelu_new, gelu_fast, gelu_pytorch_tanh, gelu_accurate,"
                  + " quick_gelu, silu, swish");
    };
  }

  /** Returns the numbers under a key that must be there, as floats. */
  public List<Float> numbers(String key) throws ModelConfigException {
    if (!node.path(key).isArray()) {
      throw wrong(key, "a list of numbers");
    }
    List<Float> numbers = new ArrayList<>();
    for (JsonNode item : node.path(key)) {
      if (!item.isNumber() || !Double.isFinite(item.asDouble())) {
        throw wrong(key, "a list of numbers");
      }
      numbers.add((float) item.asDouble());
    }
    return numbers;
  }

  /** Returns the file. */
  Path path() {
    return path;
  }

  /** Returns the number under a key; where it is absent, or null, there is none. */
  public OptionalDouble numberIfAny(String key) throws ModelConfigException {
    return has(key) ? OptionalDouble.of(number(key)) : OptionalDouble.empty();
  }

  /** Returns the number under a key, a default if it is absent; where it is null there is none. */
  public OptionalDouble numberUnlessNull(String key, double absent) throws ModelConfigException {
    return mentions(key) ? numberIfAny(key) : OptionalDouble.of(absent);
  }

  /**
   * Returns the objects under a key as pairs of strings and how often they are repeated: GPT-Neo's
   * {@code [[["global", "local"], 12]]}.
   */
  public List<String> repeated(String key) throws ModelConfigException {
    String expected = "a list of lists of strings, each with how often it is repeated";
    List<String> all = new ArrayList<>();
    for (JsonNode group : node.path(key)) {
      if (!group.path(0).isArray() || !group.path(1).canConvertToInt()) {
        throw wrong(key, expected);
      }
      for (int i = 0; i < Math.min(group.path(1).asInt(), 10_000); i++) {
        for (JsonNode item : group.path(0)) {
          if (!item.isString()) {
            throw wrong(key, expected);
          }
          all.add(item.asString());
        }
      }
    }
    return all;
  }

  /** Returns the exception for a value that is understood but not supported. */
  public ModelConfigException unsupported(String key, String value, String supported) {
    return new ModelConfigException(path, "%s '%s'".formatted(key, value), supported);
  }

  /** Returns the exception for a configuration that contradicts itself. */
  public ModelConfigException invalid(String reason) {
    return new ModelConfigException(path, reason);
  }

  private ModelConfigException wrong(String key, String expected) {
    return new ModelConfigException(
        path,
        has(key)
            ? "key '%s' should be %s, is %s".formatted(key, expected, node.path(key))
            : "key '%s' is missing (%s)".formatted(key, expected));
  }
}
