package dev.limpid.explorer.serve;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a path does: the source of both the description of the interface and of what is accepted.
 *
 * @param path with its variables in braces
 * @param body the JSON Schema of each key of the body; empty where there is none
 * @param events whether the answer can come as a stream of events
 */
public record Operation(
    Method method,
    String path,
    String summary,
    List<Parameter> parameters,
    Optional<Map<String, Map<String, Object>>> body,
    boolean events) {

  /** The methods there are. */
  public enum Method {
    /** Reads. */
    GET,
    /** Computes from a body. */
    POST
  }

  /** Describes a path that is read. */
  public static Operation get(String path, String summary, Parameter... parameters) {
    return new Operation(Method.GET, path, summary, List.of(parameters), Optional.empty(), false);
  }

  /** Describes a path that takes a body. */
  public static Operation post(String path, String summary, Map<String, Map<String, Object>> body) {
    return new Operation(Method.POST, path, summary, List.of(), Optional.of(body), true);
  }

  /** Returns the same, whose answer can come as events. */
  public Operation withEvents() {
    return new Operation(method, path, summary, parameters, body, true);
  }

  Set<String> keys() {
    return body.orElse(Map.of()).keySet();
  }
}
