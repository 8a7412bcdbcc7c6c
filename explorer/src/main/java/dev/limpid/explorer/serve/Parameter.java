package dev.limpid.explorer.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A parameter that a path takes.
 *
 * @param about what it is, and its default
 * @param schema its JSON Schema
 */
public record Parameter(String name, String about, boolean required, Map<String, Object> schema) {

  /** Describes a whole number from {@code least} on. */
  public static Parameter whole(String name, int least, String about) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "integer");
    schema.put("minimum", least);
    return new Parameter(name, about, false, schema);
  }

  /** Describes a whole number of a range. */
  public static Parameter whole(String name, int least, int most, String about) {
    Parameter parameter = whole(name, least, about);
    parameter.schema.put("maximum", most);
    return parameter;
  }

  /** Describes a text. */
  public static Parameter text(String name, String about) {
    return new Parameter(name, about, false, new LinkedHashMap<>(Map.of("type", "string")));
  }

  /** Describes a number from {@code least} to below 1. */
  public static Parameter share(String name, double least, String about) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "number");
    schema.put("minimum", least);
    schema.put("exclusiveMaximum", 1);
    return new Parameter(name, about, false, schema);
  }

  /** Describes one of some words. */
  public static Parameter word(String name, List<String> words, String about) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "string");
    schema.put("enum", words);
    return new Parameter(name, about, false, schema);
  }

  /** Returns the same, without which there is no answer. */
  public Parameter must() {
    return new Parameter(name, about, true, schema);
  }
}
