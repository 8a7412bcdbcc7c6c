package dev.limpid.model.config;

import dev.limpid.model.config.ModelConfig.Attention;
import dev.limpid.model.config.ModelConfig.Mlp;
import dev.limpid.model.config.ModelConfig.Norm;
import dev.limpid.model.config.ModelConfig.NormKind;
import dev.limpid.model.config.Positions.Learned;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import java.util.List;
import java.util.OptionalInt;

/**
 * How each family spells its facts in config.json, and what it means when a key is absent; both
 * dialects, of transformers 4 and 5.
 */
public final class FamilyConfigs {
  private FamilyConfigs() {}

  /** Reads GPT-2's spelling. */
  public static ModelConfig gpt2(ConfigJson json) throws ModelConfigException {
    int dModel = json.integer("n_embd", 768);
    int nHeads = json.integer("n_head", 12);
    if (json.flag("add_cross_attention", false)) {
      throw json.unsupported("add_cross_attention", "true", "false (a decoder alone)");
    }
    return new ModelConfig(
        "gpt2",
        json.integer("n_layer", 12),
        dModel,
        json.integer("vocab_size", 50257),
        json.integer("n_positions", json.integer("n_ctx", 1024)),
        new Attention(
            nHeads,
            nHeads,
            headWidth(json, "n_embd", dModel, "n_head", nHeads),
            json.flag("scale_attn_weights", true),
            json.flag("scale_attn_by_inverse_layer_idx", false),
            true,
            true),
        new Mlp(
            json.integer("n_inner", 4 * dModel),
            false,
            json.activation("activation_function", "gelu_new"),
            true),
        new Norm(NormKind.LAYER_NORM, (float) json.number("layer_norm_epsilon", 1e-5), true),
        new Learned(0),
        json.flag("tie_word_embeddings", true),
        json.id("bos_token_id"),
        json.ids("eos_token_id"));
  }

  /** Reads OPT's spelling. */
  public static ModelConfig opt(ConfigJson json) throws ModelConfigException {
    int dModel = json.integer("hidden_size", 768);
    int nHeads = json.integer("num_attention_heads", 12);
    boolean bias = json.flag("enable_bias", true);
    if (!json.flag("do_layer_norm_before", true)
        || json.integer("word_embed_proj_dim", dModel) != dModel) {
      throw json.invalid(
          "post-LN models with projected embeddings (do_layer_norm_before false,"
              + " word_embed_proj_dim other than hidden_size, as in OPT-350m) are not supported:"
              + " their residual stream is not a sum of block outputs");
    }
    if (json.flag("_remove_final_layer_norm", false)) {
      throw json.unsupported("_remove_final_layer_norm", "true", "false");
    }
    return new ModelConfig(
        "opt",
        json.integer("num_hidden_layers", 12),
        dModel,
        json.integer("vocab_size", 50272),
        json.integer("max_position_embeddings", 2048),
        new Attention(
            nHeads,
            nHeads,
            headWidth(json, "hidden_size", dModel, "num_attention_heads", nHeads),
            true,
            false,
            bias,
            bias),
        new Mlp(
            json.integer("ffn_dim", 4 * dModel),
            false,
            json.activation("activation_function", "relu"),
            bias),
        // OPT's configuration has no epsilon: its LayerNorm keeps PyTorch's default.
        new Norm(NormKind.LAYER_NORM, 1e-5f, json.flag("layer_norm_elementwise_affine", true)),
        new Learned(2),
        json.flag("tie_word_embeddings", true),
        json.has("bos_token_id") ? json.id("bos_token_id") : OptionalInt.of(2),
        json.ids("eos_token_id"));
  }

  /** Reads the spelling of Llama-2 and its kin. */
  public static ModelConfig llama(ConfigJson json) throws ModelConfigException {
    int dModel = json.integer("hidden_size");
    int nHeads = json.integer("num_attention_heads");
    boolean attentionBias = json.flag("attention_bias", false);
    int dHead =
        json.has("head_dim")
            ? json.integer("head_dim")
            : headWidth(json, "hidden_size", dModel, "num_attention_heads", nHeads);
    if (dHead % 2 != 0) {
      throw json.invalid("the head width " + dHead + " is odd and cannot be rotated in pairs");
    }
    return new ModelConfig(
        "llama",
        json.integer("num_hidden_layers"),
        dModel,
        json.integer("vocab_size"),
        json.integer("max_position_embeddings", 2048),
        new Attention(
            nHeads,
            json.integer("num_key_value_heads", nHeads),
            dHead,
            true,
            false,
            attentionBias,
            attentionBias),
        new Mlp(
            json.integer("intermediate_size"),
            true,
            json.activation("hidden_act", "silu"),
            json.flag("mlp_bias", false)),
        new Norm(NormKind.RMS_NORM, (float) json.number("rms_norm_eps", 1e-6), true),
        rotary(json),
        json.flag("tie_word_embeddings", false),
        json.id("bos_token_id"),
        json.ids("eos_token_id"));
  }

  private static int headWidth(
      ConfigJson json, String widthKey, int width, String headsKey, int heads)
      throws ModelConfigException {
    if (heads <= 0 || width % heads != 0) {
      throw json.invalid(
          "%s %d is no multiple of %s %d".formatted(widthKey, width, headsKey, heads));
    }
    return width / heads;
  }

  /**
   * Transformers 5 keeps all of it in rope_parameters, 4 in rope_theta and rope_scaling; where both
   * are there, Hugging Face lets rope_scaling win.
   */
  private static Rotary rotary(ConfigJson json) throws ModelConfigException {
    double theta = json.number("rope_theta", 10_000);
    for (String key : List.of("rope_scaling", "rope_parameters")) {
      if (json.has(key)) {
        ConfigJson rope = json.object(key);
        return new Rotary(rope.number("rope_theta", theta), scaling(json, rope));
      }
    }
    return new Rotary(theta, new Scaling.None());
  }

  private static Scaling scaling(ConfigJson json, ConfigJson rope) throws ModelConfigException {
    if (rope.number("partial_rotary_factor", 1) != 1) {
      throw rope.unsupported("partial_rotary_factor", "below 1", "1");
    }
    String type = rope.string("rope_type", rope.string("type", "default"));
    return switch (type) {
      case "default" -> new Scaling.None();
      case "linear" -> new Scaling.Linear(rope.number("factor"));
      case "llama3" ->
          new Scaling.Llama3(
              rope.number("factor"),
              rope.number("low_freq_factor"),
              rope.number("high_freq_factor"),
              rope.integer(
                  "original_max_position_embeddings",
                  json.integer("max_position_embeddings", 2048)));
      default -> throw rope.unsupported("rope_type", type, "default, linear, llama3");
    };
  }
}
