package dev.limpid.explorer.serve.api;

import dev.limpid.Version;
import dev.limpid.explorer.serve.Endpoint;
import dev.limpid.explorer.serve.Operation;
import dev.limpid.explorer.serve.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Describes all paths from what they themselves go by. */
final class OpenApi {
  private static final Pattern VARIABLE = Pattern.compile("\\{([a-z]+)}");

  private final List<Endpoint> endpoints;

  OpenApi(List<Endpoint> endpoints) {
    this.endpoints = endpoints;
  }

  /**
   * Returns the document.
   *
   * @param ownFiles whether the page is to offer a choice of the person's own files of sentences,
   *     which it reads itself: no answer of this interface depends on it
   */
  Map<String, Object> document(boolean ownFiles) {
    Map<String, Object> paths = new LinkedHashMap<>();
    for (Endpoint endpoint : endpoints) {
      Operation operation = endpoint.operation();
      paths.merge(
          operation.path(),
          Map.of(operation.method().name().toLowerCase(Locale.ROOT), describe(operation)),
          (a, b) -> {
            Map<String, Object> both = new LinkedHashMap<>(map(a));
            both.putAll(map(b));
            return both;
          });
    }
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("openapi", "3.1.0");
    Map<String, Object> info = ordered("title", "Limpid", "version", Version.limpid());
    info.put("x-limpid-own-files", ownFiles);
    document.put("info", info);
    document.put("paths", paths);
    return document;
  }

  @SuppressWarnings("unchecked") // what was put there above
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static Map<String, Object> describe(Operation operation) {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("summary", operation.summary());
    List<Object> parameters = new ArrayList<>();
    Matcher variables = VARIABLE.matcher(operation.path());
    while (variables.find()) {
      Map<String, Object> variable = ordered("name", variables.group(1), "in", "path");
      variable.put("required", true);
      variable.put("schema", Map.of("type", "string"));
      parameters.add(variable);
    }
    operation.parameters().forEach(parameter -> parameters.add(describe(parameter)));
    if (!parameters.isEmpty()) {
      described.put("parameters", parameters);
    }
    operation.body().ifPresent(keys -> described.put("requestBody", body(keys)));
    described.put("responses", responses(operation));
    return described;
  }

  private static Map<String, Object> describe(Parameter parameter) {
    Map<String, Object> described = ordered("name", parameter.name(), "in", "query");
    described.put("description", parameter.about());
    described.put("required", parameter.required());
    described.put("schema", parameter.schema());
    return described;
  }

  private static Map<String, Object> body(Map<String, Map<String, Object>> keys) {
    Map<String, Object> schema = ordered("type", "object", "additionalProperties", false);
    schema.put("properties", new java.util.TreeMap<>(keys));
    return ordered(
        "required", true, "content", Map.of("application/json", Map.of("schema", schema)));
  }

  private static Map<String, Object> responses(Operation operation) {
    Map<String, Object> types = new LinkedHashMap<>();
    types.put("application/json", Map.of());
    if (operation.events()) {
      types.put("text/event-stream", Map.of());
    }
    return ordered(
        "200",
        ordered("description", "The answer.", "content", types),
        "default",
        Map.of("description", "A refusal: one sentence that says what is allowed."));
  }

  private static Map<String, Object> ordered(String a, Object one, String b, Object two) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(a, one);
    map.put(b, two);
    return map;
  }
}
