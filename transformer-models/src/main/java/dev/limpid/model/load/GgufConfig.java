package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.gguf.GgufMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Says what the metadata of a GGUF file say, in the keys of config.json. */
final class GgufConfig {
  private static final String FAMILY = "general.architecture";
  private static final String EMBEDDING = "token_embd.weight";

  /** Keys of the file, after the family's name, and what GPT-2's config.json calls them. */
  private static final Map<String, String> GPT2 =
      Map.of(
          "block_count", "n_layer",
          "embedding_length", "n_embd",
          "context_length", "n_positions",
          "feed_forward_length", "n_inner",
          "attention.head_count", "n_head",
          "attention.layer_norm_epsilon", "layer_norm_epsilon");

  /** The same for Llama and all that followed it. */
  private static final Map<String, String> LLAMA =
      Map.of(
          "block_count", "num_hidden_layers",
          "embedding_length", "hidden_size",
          "context_length", "max_position_embeddings",
          "feed_forward_length", "intermediate_size",
          "attention.head_count", "num_attention_heads",
          "attention.layer_norm_rms_epsilon", "rms_norm_eps");

  private static final Map<String, Map<String, String>> FAMILIES =
      Map.of("gpt2", GPT2, "llama", LLAMA, "qwen2", LLAMA, "qwen3", LLAMA);

  /** Keys that change what a model computes in ways that Limpid does not have. */
  private static final List<String> REFUSED =
      List.of(
          "attention.clamp_kqv",
          "attention.max_alibi_bias",
          "attention.scale",
          "attn_logit_softcapping",
          "embedding_scale",
          "expert_count",
          "final_logit_softcapping",
          "logit_scale",
          "residual_scale");

  private final GgufFile file;
  private final GgufMetadata metadata;

  GgufConfig(GgufFile file) {
    this.file = file;
    this.metadata = file.metadata();
  }

  /** Returns the family that a file names. */
  static Optional<String> family(GgufFile file) throws IOException {
    return file.metadata().string(FAMILY);
  }

  /** Returns whether the rows of queries and keys are interleaved in the files of this family. */
  static boolean interleavesPairs(GgufFile file) throws IOException {
    return family(file).equals(Optional.of("llama"));
  }

  /**
   * Returns the configuration.
   *
   * @throws ModelConfigException if the file holds no whole model of a supported family
   */
  ConfigJson read() throws IOException {
    requireWholeModel();
    String family = family(file).orElseThrow(() -> missing(FAMILY));
    Map<String, String> keys = FAMILIES.get(family);
    if (keys == null) {
      throw bad(
          FAMILY
              + " '%s' is not supported; supported: %s"
                  .formatted(
                      family, String.join(", ", FAMILIES.keySet().stream().sorted().toList())));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("model_type", family);
    for (Map.Entry<String, String> key : keys.entrySet()) {
      json.put(key.getValue(), required(family + "." + key.getKey()));
    }
    if (!family.equals("gpt2")) {
      long width = attention(family + ".", json);
      rotation(family + ".", width, json);
      json.put("attention_bias", hasBias("attn_q"));
      json.put("mlp_bias", hasBias("ffn_up"));
    }
    refuseOthers(family);
    json.put("vocab_size", vocabulary());
    json.put("tie_word_embeddings", !file.names().contains("output.weight"));
    tokens(json);
    return ConfigJson.of(file.path(), json);
  }

  private void requireWholeModel() throws IOException {
    String type = metadata.string("general.type").orElse("model");
    if (!type.equals("model")) {
      throw bad("general.type is '%s', not 'model'".formatted(type));
    }
    long parts = metadata.integer("split.count").orElse(1);
    if (parts > 1) {
      throw bad(
          "one of %d parts of a model; join them with llama-gguf-split --merge".formatted(parts));
    }
  }

  /** What is absent means the same in every family here, other than in config.json. */
  private long attention(String prefix, Map<String, Object> json) throws IOException {
    long heads = required(prefix + "attention.head_count").longValue();
    long dModel = required(prefix + "embedding_length").longValue();
    json.put(
        "num_key_value_heads",
        metadata.contains(prefix + "attention.head_count_kv")
            ? required(prefix + "attention.head_count_kv")
            : heads);
    OptionalLong stated = metadata.integer(prefix + "attention.key_length");
    if (stated.isEmpty() && (heads <= 0 || dModel % heads != 0)) {
      throw bad("a width of %d is no multiple of %d heads".formatted(dModel, heads));
    }
    long width = stated.isPresent() ? stated.getAsLong() : dModel / heads;
    if (metadata.integer(prefix + "attention.value_length").orElse(width) != width) {
      throw bad(prefix + "attention.key_length and value_length differ, which is not supported");
    }
    json.put("head_dim", width);
    return width;
  }

  private void rotation(String prefix, long width, Map<String, Object> json) throws IOException {
    OptionalDouble base = metadata.number(prefix + "rope.freq_base");
    // Where it is absent llama.cpp takes this; some families' config.json takes another.
    json.put("rope_theta", base.orElse(10_000));
    long rotated = metadata.integer(prefix + "rope.dimension_count").orElse(width);
    if (rotated != width) {
      throw bad(
          prefix
              + "rope.dimension_count is %d of a head width of %d: turning a part of each head is"
                  .formatted(rotated, width)
              + " not supported");
    }
    double stretch = metadata.number(prefix + "rope.scaling.attn_factor").orElse(1);
    if (stretch != 1) {
      throw bad(
          "key '%srope.scaling.attn_factor' is %s, which is not supported; supported: 1"
              .formatted(prefix, stretch));
    }
    OptionalDouble scale = metadata.number(prefix + "rope.scale_linear");
    double factor = metadata.number(prefix + "rope.scaling.factor").orElse(scale.orElse(1));
    String type =
        metadata.string(prefix + "rope.scaling.type").orElse(factor == 1 ? "none" : "linear");
    if (!type.equals("none") && !type.equals("linear")) {
      throw bad(
          "rope_type '%s' is not supported in a GGUF file; supported: none, linear"
              .formatted(type));
    }
    if (type.equals("linear")) {
      json.put("rope_scaling", Map.of("rope_type", type, "factor", factor));
    }
  }

  private void refuseOthers(String family) throws IOException {
    for (String key : REFUSED) {
      if (metadata.number(family + "." + key).orElse(0) != 0) {
        throw bad("key '" + family + "." + key + "' is not supported");
      }
    }
    if (!metadata.flag(family + ".attention.causal").orElse(true)) {
      throw bad("key '" + family + ".attention.causal' is false, which is not supported");
    }
    long context = required(family + ".context_length").longValue();
    long window = metadata.integer(family + ".attention.sliding_window").orElse(context);
    if (window > 0 && window < context) {
      throw bad("a sliding window of %d tokens is not supported".formatted(window));
    }
  }

  private boolean hasBias(String name) {
    return file.names().contains("blk.0." + name + ".bias");
  }

  /** Some files round the vocabulary up; what the embedding holds counts. */
  private int vocabulary() throws IOException {
    return file.shape(EMBEDDING)
        .filter(shape -> shape.rank() == 2)
        .orElseThrow(() -> bad("no tensor '" + EMBEDDING + "' with two axes"))
        .dim(0);
  }

  private void tokens(Map<String, Object> json) throws IOException {
    OptionalLong bos = metadata.integer("tokenizer.ggml.bos_token_id");
    bos.ifPresent(id -> json.put("bos_token_id", id));
    List<Long> ends = new ArrayList<>();
    for (String key : List.of("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")) {
      metadata
          .integer(key)
          .ifPresent(id -> {
            if (!ends.contains(id)) {
              ends.add(id);
            }
          });
    }
    json.put("eos_token_id", ends);
  }

  /** Some converters give a number layer by layer, also where it is the same in all of them. */
  private Number required(String key) throws IOException {
    if (!metadata.contains(key)) {
      throw missing(key);
    }
    double[] ofLayers =
        metadata.isList(key)
            ? metadata.numbers(key).orElseThrow()
            : new double[] {metadata.number(key).orElseThrow()};
    for (double other : ofLayers) {
      if (other != ofLayers[0]) {
        throw bad("key '" + key + "' differs from layer to layer, which is not supported");
      }
    }
    if (ofLayers.length == 0) {
      throw bad("key '" + key + "' is an empty list");
    }
    double number = ofLayers[0];
    if (number == Math.rint(number) && Math.abs(number) <= Long.MAX_VALUE) {
      return (long) number;
    }
    return number;
  }

  private ModelConfigException missing(String key) {
    return bad("key '" + key + "' is missing");
  }

  private ModelConfigException bad(String reason) {
    return new ModelConfigException(file.path(), reason);
  }
}
