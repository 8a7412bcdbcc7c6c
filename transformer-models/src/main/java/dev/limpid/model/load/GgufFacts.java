package dev.limpid.model.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Says what the metadata of a GGUF file say in the keys of config.json: what many architectures
 * have alike. Defaults are those of llama.cpp, which are not config.json's.
 */
final class GgufFacts {
  /** Where the frequencies of the rotation are divided by one of two lists of numbers. */
  private static final String LONG_FACTORS = "rope_factors_long.weight";

  private static final String SHORT_FACTORS = "rope_factors_short.weight";

  private final GgufKeys keys;
  private final Map<String, Object> json = new LinkedHashMap<>();

  GgufFacts(GgufKeys keys, String modelType) {
    this.keys = keys;
    json.put("model_type", modelType);
  }

  GgufKeys keys() {
    return keys;
  }

  Map<String, Object> json() {
    return json;
  }

  GgufFacts put(String name, Object value) {
    json.put(name, value);
    return this;
  }

  /** Takes a number over that must be there. */
  GgufFacts take(String key, String name) throws IOException {
    return put(name, keys.required(key));
  }

  /** Takes the sizes over that all have, under the names that most have for them. */
  GgufFacts sizes() throws IOException {
    return take("block_count", "num_hidden_layers")
        .take("embedding_length", "hidden_size")
        .take("context_length", "max_position_embeddings")
        .take("attention.head_count", "num_attention_heads");
  }

  GgufFacts neurons() throws IOException {
    return take("feed_forward_length", "intermediate_size");
  }

  GgufFacts rmsNorm() throws IOException {
    return take("attention.layer_norm_rms_epsilon", "rms_norm_eps");
  }

  GgufFacts layerNorm(String name) throws IOException {
    return take("attention.layer_norm_epsilon", name);
  }

  long heads() throws IOException {
    return keys.required("attention.head_count").longValue();
  }

  long kvHeads() throws IOException {
    return keys.integer("attention.head_count_kv").orElse(heads());
  }

  long layers() throws IOException {
    return keys.required("block_count").longValue();
  }

  /** Returns D / H. */
  long evenWidth() throws IOException {
    long heads = heads();
    long dModel = keys.required("embedding_length").longValue();
    if (heads <= 0 || dModel % heads != 0) {
      throw keys.bad("a width of %d is no multiple of %d heads".formatted(dModel, heads));
    }
    return dModel / heads;
  }

  /** Returns the width of a head. */
  long width() throws IOException {
    OptionalLong stated = keys.integer("attention.key_length");
    long width = stated.isPresent() ? stated.getAsLong() : evenWidth();
    long values = keys.integer("attention.value_length").orElse(width);
    if (values != width) {
      throw keys.unsupported(
          "attention.value_length", values, "key_length, where both are given, and D / H else");
    }
    return width;
  }

  /** Takes over key heads, the width of heads and whether there are biases. */
  GgufFacts attention() throws IOException {
    return put("num_key_value_heads", kvHeads())
        .put("head_dim", width())
        .put("attention_bias", biased("attn_q") || biased("attn_qkv"));
  }

  boolean biased(String name) {
    return keys.hasInLayer(name + ".bias");
  }

  /** Takes over the rotation of whole heads. */
  GgufFacts rotation() throws IOException {
    long width = width();
    long turned = keys.integer("rope.dimension_count").orElse(width);
    if (turned != width) {
      throw keys.unsupported("rope.dimension_count", turned, "the head width, " + width);
    }
    return turning();
  }

  /** Takes over the rotation of a part of heads, whose share has a name of the family's own. */
  GgufFacts partialRotation(String name) throws IOException {
    long width = width();
    long turned = keys.integer("rope.dimension_count").orElse(width);
    // In between two whole numbers of elements, so that no rounding makes another one of it.
    put(name, turned == width ? 1.0 : (turned + 0.5) / Math.max(1, width));
    return turning();
  }

  private GgufFacts turning() throws IOException {
    put("rope_theta", keys.number("rope.freq_base").orElse(10_000));
    OptionalDouble older = keys.number("rope.scale_linear");
    double factor = keys.number("rope.scaling.factor").orElse(older.orElse(1));
    Optional<String> stated = keys.string("rope.scaling.type");
    boolean lists = keys.file().names().contains(SHORT_FACTORS);
    String type = lists ? stated.orElse("longrope") : stated.orElse("linear");
    double stretch = keys.number("rope.scaling.attn_factor").orElse(1);
    switch (type) {
      case "none" -> {}
      case "linear" -> {
        if (factor != 1) {
          put("rope_scaling", Map.of("rope_type", "linear", "factor", factor));
        }
      }
      case "yarn" -> put("rope_scaling", yarn(factor, stretch));
      case "longrope" -> put("rope_scaling", longRope(stretch));
      default -> throw keys.unsupported("rope.scaling.type", type, "none, linear, yarn, longrope");
    }
    if (stretch != 1 && (type.equals("none") || type.equals("linear"))) {
      throw keys.unsupported("rope.scaling.attn_factor", stretch, "1, or yarn and longrope");
    }
    if (!type.equals("longrope") && lists) {
      throw keys.unsupported("rope.scaling.type", type, "longrope, with " + SHORT_FACTORS);
    }
    // Whether a model was trained with its scaling changes nothing, nor does the context without.
    keys.ignore("rope.scaling.finetuned");
    keys.ignore("rope.scaling.original_context_length");
    return this;
  }

  private long originalContext() throws IOException {
    return keys.integer("rope.scaling.original_context_length")
        .orElse(keys.required("context_length").longValue());
  }

  private Map<String, Object> yarn(double factor, double stretch) throws IOException {
    double usual = magnitude(1, factor);
    OptionalDouble multiplier = keys.number("rope.scaling.yarn_log_multiplier");
    if (multiplier.isPresent()) {
      usual /= magnitude(multiplier.getAsDouble(), factor);
    }
    double magnitude = keys.number("rope.scaling.yarn_attn_factor").orElse(usual) * stretch;
    return Map.of(
        "rope_type",
        "yarn",
        "factor",
        factor,
        "original_max_position_embeddings",
        originalContext(),
        "beta_fast",
        keys.number("rope.scaling.yarn_beta_fast").orElse(32),
        "beta_slow",
        keys.number("rope.scaling.yarn_beta_slow").orElse(1),
        "attention_factor",
        magnitude);
  }

  /** Does not round where the ramp of yarn begins and ends, where there is one. */
  GgufFacts withWholeRamp() {
    if (json.get("rope_scaling") instanceof Map<?, ?> scaling) {
      Map<Object, Object> more = new LinkedHashMap<>(scaling);
      more.put("truncate", false);
      put("rope_scaling", more);
    }
    return this;
  }

  private static double magnitude(double scale, double factor) {
    return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
  }

  private Map<String, Object> longRope(double magnitude) throws IOException {
    return Map.of(
        "rope_type",
        "longrope",
        "short_factor",
        keys.floats(SHORT_FACTORS),
        "long_factor",
        keys.floats(LONG_FACTORS),
        "original_max_position_embeddings",
        originalContext(),
        "attention_factor",
        magnitude);
  }

  /**
   * Takes over which layers slide.
   *
   * @param every the layers that do not slide, unless the file says it: the last of so many; 0 for
   *     none
   * @param absent the window where the file names none; empty where then no layer slides
   */
  GgufFacts windows(int every, OptionalLong absent) throws IOException {
    OptionalLong stated = keys.integer("attention.sliding_window");
    long window = stated.isPresent() ? stated.getAsLong() : absent.orElse(0);
    Optional<List<Boolean>> named = keys.flags("attention.sliding_window_pattern");
    long period =
        named.isPresent() ? 0 : keys.integer("attention.sliding_window_pattern").orElse(every);
    List<String> types = new ArrayList<>();
    List<Boolean> flags = named.orElse(List.of());
    long layers = Math.min(named.isPresent() ? flags.size() : layers(), 10_000);
    for (int layer = 0; layer < layers; layer++) {
      boolean slides =
          named.isPresent() ? flags.get(layer) : period == 0 || layer % period < period - 1;
      types.add(slides && window > 0 ? "sliding_attention" : "full_attention");
    }
    put("layer_types", types);
    return window > 0 ? put("sliding_window", window) : this;
  }

  /** Leaves a window out that is as wide as the context: another one is not supported. */
  GgufFacts noWindows() throws IOException {
    long context = keys.required("context_length").longValue();
    long window = keys.integer("attention.sliding_window").orElse(0);
    if (window > 0 && window < context) {
      throw keys.unsupported("attention.sliding_window", window, "none in this architecture");
    }
    return this;
  }

  /**
   * Takes over the counts of experts.
   *
   * @param neurons the key that says how many neurons one has
   * @param name of that in config.json
   * @param normalised whether the weights of the chosen ones sum to 1, which files seldom say
   */
  GgufFacts experts(String neurons, String name, boolean normalised) throws IOException {
    boolean stated = keys.flag("expert_weights_norm").orElse(normalised);
    if (stated != normalised) {
      throw keys.unsupported("expert_weights_norm", stated, "" + normalised);
    }
    long gating = keys.integer("expert_gating_func").orElse(1);
    if (gating != 1) {
      throw keys.unsupported("expert_gating_func", gating, "1 (softmax)");
    }
    return take("expert_count", "num_experts")
        .take("expert_used_count", "num_experts_per_tok")
        .put("norm_topk_prob", normalised)
        .take(neurons, name);
  }

  /** Returns a key that may be left out, or else another one. */
  String either(String key, String other) {
    return keys.has(key) ? key : other;
  }
}
