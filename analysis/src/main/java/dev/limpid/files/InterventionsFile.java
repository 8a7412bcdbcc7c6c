package dev.limpid.files;

import dev.limpid.Indices;
import dev.limpid.InterventionRequest;
import dev.limpid.InterventionRequest.Action;
import dev.limpid.attribution.patching.SiteSweep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Changes as JSON: {@code
 * {"interventions":[{"site":"head_out","layer":2,"head":[0,7],"do":"zero"}]}}.
 *
 * <p>An index that is missing means all of them, but for the layer, which has to be said; it is a
 * number, a list of numbers, or {@code "all"}. What is not known, or not of this site, is refused.
 */
public final class InterventionsFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final Set<String> ALWAYS = Set.of("site", "layer", "position", "do");

  /** What an action is given beside its name. */
  private static final Map<String, Set<String>> OF_ACTION =
      Map.of(
          "zero", Set.of("renormalise"),
          "scale", Set.of("factor"),
          "add", Set.of("vector", "value"),
          "set", Set.of("vector", "value"),
          "patch", Set.of(),
          "mean", Set.of());

  private final String name;

  private InterventionsFile(String name) {
    this.name = name;
  }

  /**
   * Reads changes from a document.
   *
   * @param json UTF-8
   * @param name what messages call it
   * @throws IOException if it is not such a document: one line that says where and what
   */
  public static List<InterventionRequest> read(byte[] json, String name) throws IOException {
    JsonNode root;
    try {
      root = MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new IOException(
          "%s: not valid JSON (line %d): %s"
              .formatted(name, e.getLocation().getLineNr(), e.getOriginalMessage()),
          e);
    }
    return new InterventionsFile(name).interventions(root);
  }

  private List<InterventionRequest> interventions(JsonNode root) throws IOException {
    if (!root.isObject() || !root.path("interventions").isArray()) {
      throw new IOException(
          name + ": not an object with a list of interventions: {\"interventions\":[...]}");
    }
    if (root.size() > 1) {
      Set<String> unknown = new TreeSet<>(root.propertyNames());
      unknown.remove("interventions");
      throw new IOException(name + ": keys that are not known: " + String.join(", ", unknown));
    }
    List<InterventionRequest> requests = new ArrayList<>();
    for (JsonNode node : root.path("interventions")) {
      requests.add(intervention(node, "intervention " + (requests.size() + 1)));
    }
    return requests;
  }

  private InterventionRequest intervention(JsonNode node, String where) throws IOException {
    if (!node.isObject()) {
      throw wrong(where, "an object with site, layer and do", node);
    }
    SiteSweep.Kind site = site(node, where);
    String action = node.path("do").asString("");
    if (!OF_ACTION.containsKey(action)) {
      throw wrong(where + ", do", "one of zero, scale, add, set, patch, mean", node.path("do"));
    }
    Set<String> known = new TreeSet<>(ALWAYS);
    known.addAll(indices(site));
    known.addAll(OF_ACTION.get(action));
    for (String key : node.propertyNames()) {
      if (!known.contains(key)) {
        throw new IOException(
            "%s: %s, %s: means nothing for %s of %s".formatted(name, where, key, action, site));
      }
    }
    if (node.path("layer").isMissingNode()) {
      throw new IOException(
          "%s: %s, layer: is missing; a number, a list of numbers, or \"all\""
              .formatted(name, where));
    }
    return new InterventionRequest(
        site,
        index(node, "layer", where),
        index(node, "head", where),
        index(node, "neuron", where),
        index(node, "expert", where),
        index(node, "position", where),
        index(node, "key", where),
        action(site, action, node, where));
  }

  private SiteSweep.Kind site(JsonNode node, String where) throws IOException {
    String asked = node.path("site").asString("");
    return Arrays.stream(SiteSweep.Kind.values())
        .filter(kind -> kind.toString().equals(asked))
        .findFirst()
        .orElseThrow(() -> wrong(where + ", site", "one of " + sites(), node.path("site")));
  }

  /** Returns the names of all sites, for messages. */
  public static String sites() {
    return Arrays.stream(SiteSweep.Kind.values())
        .map(SiteSweep.Kind::toString)
        .collect(Collectors.joining(", "));
  }

  private static Set<String> indices(SiteSweep.Kind site) {
    return switch (site) {
      case HEAD_OUT -> Set.of("head");
      case ATTENTION -> Set.of("head", "key");
      case NEURON_POST -> Set.of("neuron");
      case EXPERT_OUT -> Set.of("expert");
      default -> Set.of();
    };
  }

  private Action action(SiteSweep.Kind site, String action, JsonNode node, String where)
      throws IOException {
    return switch (action) {
      case "zero" -> new Action.Zero(renormalise(site, node, where));
      case "scale" -> new Action.Scale(number(node.path("factor"), where + ", factor"));
      case "patch" -> new Action.Patch();
      case "mean" -> new Action.Mean();
      default -> {
        if (site == SiteSweep.Kind.ATTENTION) {
          throw new IOException(
              "%s: %s: %s is not done to attention; zero, scale, patch and mean are"
                  .formatted(name, where, action));
        }
        List<Float> vector = vector(site, node, where);
        yield action.equals("add") ? new Action.Add(vector) : new Action.Set(vector);
      }
    };
  }

  private boolean renormalise(SiteSweep.Kind site, JsonNode node, String where) throws IOException {
    JsonNode asked = node.path("renormalise");
    if (asked.isMissingNode()) {
      return false;
    }
    if (!asked.isBoolean()) {
      throw wrong(where + ", renormalise", "true or false", asked);
    }
    if (asked.asBoolean() && site != SiteSweep.Kind.ATTENTION) {
      throw new IOException(
          "%s: %s, renormalise: only of attention put to zero, not of %s"
              .formatted(name, where, site));
    }
    return asked.asBoolean();
  }

  private List<Float> vector(SiteSweep.Kind site, JsonNode node, String where) throws IOException {
    if (site == SiteSweep.Kind.NEURON_POST) {
      return List.of(number(node.path("value"), where + ", value"));
    }
    JsonNode given = node.path("vector");
    if (!given.isArray()) {
      throw wrong(where + ", vector", "a list of numbers", given);
    }
    List<Float> vector = new ArrayList<>();
    for (JsonNode number : given) {
      vector.add(number(number, where + ", vector"));
    }
    return vector;
  }

  private float number(JsonNode node, String where) throws IOException {
    float number = node.isNumber() ? node.numberValue().floatValue() : Float.NaN;
    if (!Float.isFinite(number)) {
      throw wrong(where, "a finite number", node);
    }
    return number;
  }

  private Indices index(JsonNode node, String key, String where) throws IOException {
    JsonNode index = node.path(key);
    if (index.isMissingNode() || index.asString("").equals("all")) {
      return Indices.ALL;
    }
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode number : index.isArray() ? index : List.of(index)) {
      if (!number.isIntegralNumber() || !number.canConvertToInt()) {
        throw wrong(where + ", " + key, "a number, a list of numbers, or \"all\"", index);
      }
      numbers.add(number.asInt());
    }
    return new Indices(numbers);
  }

  private IOException wrong(String where, String expected, @Nullable JsonNode found) {
    String shown = found == null || found.isMissingNode() ? "missing" : found.toString();
    return new IOException(
        "%s: %s: is to be %s, is %s"
            .formatted(
                name,
                where,
                expected,
                shown.length() > 60
                    ? shown.substring(0, 60).toLowerCase(Locale.ROOT) + "…"
                    : shown));
  }
}
