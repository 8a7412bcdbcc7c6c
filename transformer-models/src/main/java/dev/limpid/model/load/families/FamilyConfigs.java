package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Embedding;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Norm.Gain;
import dev.limpid.model.config.Positions.Learned;
import dev.limpid.model.config.Residual;
import dev.limpid.model.config.Residual.Placement;
import dev.limpid.model.config.Sizes;
import java.util.OptionalInt;

/**
 * How GPT-2, OPT and StarCoder2 spell their facts in config.json, and what it means when a key is
 * absent; both dialects, of transformers 4 and 5.
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
    return ModelConfig.of(
            "gpt2",
            new Sizes(
                json.integer("n_layer", 12),
                dModel,
                json.integer("vocab_size", 50257),
                json.integer("n_positions", json.integer("n_ctx", 1024))),
            Attention.of(nHeads, nHeads, headWidth(json, "n_embd", dModel, "n_head", nHeads))
                .withWidthScaling(json.flag("scale_attn_weights", true))
                .withLayerScaling(json.flag("scale_attn_by_inverse_layer_idx", false))
                .withInputBias(true)
                .withOutputBias(true),
            Mlp.plain(
                    json.integer("n_inner", 4 * dModel),
                    json.activation("activation_function", "gelu_new"))
                .withBias(true),
            Norm.layerNorm(json.number("layer_norm_epsilon", 1e-5)),
            new Learned(0))
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)))
        .withBosId(json.id("bos_token_id"))
        .withEosIds(json.ids("eos_token_id"));
  }

  /** Reads OPT's spelling. */
  public static ModelConfig opt(ConfigJson json) throws ModelConfigException {
    int dModel = json.integer("hidden_size", 768);
    int nHeads = json.integer("num_attention_heads", 12);
    boolean bias = json.flag("enable_bias", true);
    boolean normsSums = !json.flag("do_layer_norm_before", true);
    int width = json.integer("word_embed_proj_dim", dModel);
    // The norms of sums leave a normed state behind, and nothing for a final norm to do.
    boolean finalNorm = !normsSums && !json.flag("_remove_final_layer_norm", false);
    return ModelConfig.of(
            "opt",
            new Sizes(
                json.integer("num_hidden_layers", 12),
                dModel,
                json.integer("vocab_size", 50272),
                json.integer("max_position_embeddings", 2048)),
            Attention.of(
                    nHeads,
                    nHeads,
                    headWidth(json, "hidden_size", dModel, "num_attention_heads", nHeads))
                .withInputBias(bias)
                .withOutputBias(bias),
            Mlp.plain(
                    json.integer("ffn_dim", 4 * dModel),
                    json.activation("activation_function", "relu"))
                .withBias(bias),
            // OPT's configuration has no epsilon: its LayerNorm keeps PyTorch's default.
            layerNorm(json.flag("layer_norm_elementwise_affine", true)),
            new Learned(2))
        .withEmbedding(width == dModel ? Embedding.PLAIN : Embedding.PLAIN.withWidth(width))
        .withResidual(
            normsSums
                ? Residual.PLAIN.withPlacement(Placement.POST_LN).withPreNorms(false)
                : Residual.PLAIN)
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)).withNorm(finalNorm))
        .withBosId(json.has("bos_token_id") ? json.id("bos_token_id") : OptionalInt.of(2))
        .withEosIds(json.ids("eos_token_id"));
  }

  /** Reads StarCoder2's spelling. */
  public static ModelConfig starcoder2(ConfigJson json) throws ModelConfigException {
    int dModel = json.integer("hidden_size");
    int nHeads = json.integer("num_attention_heads");
    int nContext = json.integer("max_position_embeddings", 4096);
    boolean bias = json.flag("use_bias", true);
    int dHead = headWidth(json, "hidden_size", dModel, "num_attention_heads", nHeads);
    return ModelConfig.of(
            "starcoder2",
            new Sizes(
                json.integer("num_hidden_layers"), dModel, json.integer("vocab_size"), nContext),
            Attention.of(nHeads, json.integer("num_key_value_heads", 2), dHead)
                .withInputBias(bias)
                .withOutputBias(bias)
                .withWindows(WindowConfig.everywhere(json, OptionalInt.empty())),
            Mlp.plain(
                    json.integer("intermediate_size"),
                    json.activation("hidden_act", "gelu_pytorch_tanh"))
                .withBias(bias),
            Norm.layerNorm(json.number("norm_epsilon", 1e-5)),
            RotaryConfig.of(json, nContext, dHead).read())
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)))
        .withBosId(json.id("bos_token_id"))
        .withEosIds(json.ids("eos_token_id"));
  }

  private static Norm layerNorm(boolean affine) {
    Norm norm = Norm.layerNorm(1e-5);
    return affine ? norm : norm.withGain(Gain.NONE).withBias(false);
  }

  /** Returns D / H, which must be whole. */
  static int headWidth(ConfigJson json, String widthKey, int width, String headsKey, int heads)
      throws ModelConfigException {
    if (heads <= 0 || width % heads != 0) {
      throw json.invalid(
          "%s %d is no multiple of %s %d".formatted(widthKey, width, headsKey, heads));
    }
    return width / heads;
  }
}
