package dev.limpid.explorer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A JSON Schema as tables for readers: every key, what kind of value it has, what it means. */
final class JsonReference {
  private static final List<String> COMMON = List.of("line", "model", "tokens");

  /** Objects that stand in many places; the page says once what is in them. */
  private static final Map<String, Set<String>> KNOWN =
      Map.of(
          "token", Set.of("position", "id", "text", "piece"),
          "prediction", Set.of("id", "text", "logit", "probability", "rank"));

  private final JsonNode schema;
  private final List<String> rows = new ArrayList<>();

  private JsonReference(JsonNode schema) {
    this.schema = schema;
  }

  /** Returns the keys that documents share, as this schema describes them. */
  static String common(JsonNode schema) {
    JsonReference reference = new JsonReference(schema);
    reference.keys("", schema, COMMON, List.of());
    JsonNode properties = schema.get("properties");
    reference.rows.add("| **token** | object | An entry of `tokens`. |");
    reference.keys("", properties.get("tokens").get("items"), List.of(), List.of());
    reference.rows.add("| **prediction** | object | A next token. |");
    reference.keys("", schema.at("/$defs/prediction"), List.of(), List.of());
    return reference.table();
  }

  /** Returns the section of one document, without the keys that are as in {@code common}. */
  static String section(String file, JsonNode schema, JsonNode common) {
    List<String> same =
        Stream.concat(
                Stream.of("schema"),
                COMMON.stream().filter(key -> keysOf(schema, key).equals(keysOf(common, key))))
            .toList();
    JsonReference reference = new JsonReference(schema);
    reference.keys("", schema, List.of(), same);
    return "## `%s`%n%n`%s` ([schema](schemas/%s)). %s%n%n%s"
        .formatted(
            schema.get("title").asString(),
            schema.at("/properties/schema/const").asString(),
            file,
            schema.get("description").asString(),
            reference.table());
  }

  private static Set<String> keysOf(JsonNode schema, String key) {
    JsonNode value = schema.at("/properties/" + key);
    return value.has("items") ? keys(value.get("items")) : keys(value);
  }

  private static Set<String> keys(JsonNode object) {
    return Set.copyOf(object.path("properties").propertyNames());
  }

  private String table() {
    return "| key | value | meaning |\n|---|---|---|\n" + String.join("\n", rows) + "\n";
  }

  private void keys(String path, JsonNode object, List<String> only, List<String> without) {
    List<String> required = texts(object.path("required"));
    for (Map.Entry<String, JsonNode> property : object.path("properties").properties()) {
      String key = property.getKey();
      if ((only.isEmpty() || only.contains(key)) && !without.contains(key)) {
        key(path + key, property.getValue(), required.contains(key));
      }
    }
  }

  private void key(String path, JsonNode value, boolean required) {
    String kind = kind(value) + (required ? "" : ", optional");
    rows.add("| `%s` | %s | %s |".formatted(path, kind, escaped(meaning(value))));
    below(path, value);
  }

  private void below(String path, JsonNode value) {
    JsonNode known = resolved(value);
    if (isRecursive(value) || KNOWN.containsValue(keys(known))) {
      return;
    }
    keys(path + ".", known, List.of(), List.of());
    if (known.has("items")) {
      below(path + "[]", known.get("items"));
    }
    known.path("anyOf").forEach(one -> below(path, one));
  }

  private String kind(JsonNode value) {
    JsonNode known = resolved(value);
    String name = value.path("$ref").asString("").replaceAll(".*/", "");
    if (name.equals("index") || name.equals("share")) {
      return name;
    }
    for (Map.Entry<String, Set<String>> object : KNOWN.entrySet()) {
      if (object.getValue().equals(keys(known))) {
        return object.getKey();
      }
    }
    if (known.has("const")) {
      return "`" + known.get("const").asString() + "`";
    }
    if (known.has("enum")) {
      return texts(known.get("enum")).stream()
          .map(text -> "`" + text + "`")
          .collect(Collectors.joining(", "));
    }
    if (known.has("anyOf")) {
      return known.get("anyOf").valueStream().map(this::kind).collect(Collectors.joining(" or "));
    }
    if (known.has("prefixItems")) {
      return known
          .get("prefixItems")
          .valueStream()
          .map(this::kind)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    String type = String.join(" or ", texts(known.path("type")));
    if (known.has("items")) {
      String items = isRecursive(value) ? "lists of numbers" : kind(known.get("items"));
      return type.replace("array", "list of " + items);
    }
    return type;
  }

  /** A schema that leads to itself: lists in lists, as deep as there are axes. */
  private boolean isRecursive(JsonNode value) {
    return value.has("$ref") && resolved(value).toString().contains(value.get("$ref").toString());
  }

  private String meaning(JsonNode value) {
    String said = value.path("description").asString("");
    return said.isEmpty() ? resolved(value).path("description").asString("") : said;
  }

  private JsonNode resolved(JsonNode value) {
    return value.has("$ref") ? schema.at(value.get("$ref").asString().substring(1)) : value;
  }

  private static List<String> texts(JsonNode value) {
    return value.isArray()
        ? value.valueStream().map(JsonNode::asString).toList()
        : value.isMissingNode() ? List.of() : List.of(value.asString());
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }
}
