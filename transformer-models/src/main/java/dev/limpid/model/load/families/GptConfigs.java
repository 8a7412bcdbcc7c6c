package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Embedding;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Positions.Alibi;
import dev.limpid.model.config.Positions.Learned;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import dev.limpid.model.config.Residual;
import dev.limpid.model.config.Residual.Placement;
import dev.limpid.model.config.Sizes;
import dev.limpid.tensor.ops.Activation;
import java.util.ArrayList;
import java.util.List;

/**
 * How the families that came after GPT-2 and before Llama spell their facts in config.json:
 * GPT-Neo, GPT-J, GPT-NeoX, BLOOM, Falcon, StarCoder.
 */
public final class GptConfigs {
  /** Scores that fall with the distance need no limit; a prompt of more tokens is a mistake. */
  private static final int NO_LIMIT = 1 << 20;

  private static final Residual PARALLEL = Residual.PLAIN.withPlacement(Placement.PARALLEL);

  private GptConfigs() {}

  /** Reads the spelling of SantaCoder and StarCoder: GPT-2's keys, one key head or all. */
  public static ModelConfig gptBigcode(ConfigJson json) throws ModelConfigException {
    ModelConfig gpt2 = FamilyConfigs.gpt2(json);
    int nKvHeads = json.flag("multi_query", true) ? 1 : gpt2.nHeads();
    return ModelConfig.of(
            "gpt_bigcode",
            gpt2.sizes(),
            Attention.of(gpt2.nHeads(), nKvHeads, gpt2.dHead())
                .withWidthScaling(json.flag("scale_attn_weights", true))
                .withInputBias(true)
                .withOutputBias(true),
            Mlp.plain(gpt2.dMlp(), json.activation("activation_function", "gelu_pytorch_tanh"))
                .withBias(true),
            gpt2.norm(),
            gpt2.positions())
        .withHead(gpt2.head())
        .withBosId(gpt2.bosId())
        .withEosIds(gpt2.eosIds());
  }

  /** Reads the spelling of GPT-Neo and TinyStories: unscaled scores, some layers local. */
  public static ModelConfig gptNeo(ConfigJson json) throws ModelConfigException {
    int nLayers = json.integer("num_layers", 24);
    int dModel = json.integer("hidden_size", 2048);
    int nHeads = json.integer("num_heads", 16);
    int nContext = json.integer("max_position_embeddings", 2048);
    return ModelConfig.of(
            "gpt_neo",
            new Sizes(nLayers, dModel, json.integer("vocab_size", 50257), nContext),
            Attention.of(
                    nHeads,
                    nHeads,
                    FamilyConfigs.headWidth(json, "hidden_size", dModel, "num_heads", nHeads))
                .withWidthScaling(false)
                .withOutputBias(true)
                .withWindows(localLayers(json, nLayers, nContext)),
            Mlp.plain(
                    json.integer("intermediate_size", 4 * dModel),
                    json.activation("activation_function", "gelu_new"))
                .withBias(true),
            Norm.layerNorm(json.number("layer_norm_epsilon", 1e-5)),
            new Learned(0))
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)))
        .withBosId(json.id("bos_token_id"))
        .withEosIds(json.ids("eos_token_id"));
  }

  private static List<Integer> localLayers(ConfigJson json, int nLayers, int nContext)
      throws ModelConfigException {
    int window = json.integer("window_size", 256);
    List<String> kinds = new ArrayList<>();
    if (json.has("attention_types")) {
      kinds.addAll(json.repeated("attention_types"));
    } else {
      for (int l = 0; l < nLayers; l++) {
        kinds.add(l % 2 == 0 ? "global" : "local");
      }
    }
    if (kinds.size() != nLayers) {
      throw json.invalid(
          "attention_types names %d layers, num_layers is %d".formatted(kinds.size(), nLayers));
    }
    List<Integer> windows = new ArrayList<>();
    for (String kind : kinds) {
      windows.add(
          switch (kind) {
            case "global" -> nContext;
            case "local" -> window;
            default -> throw json.unsupported("attention_types", kind, "global, local");
          });
    }
    return windows;
  }

  /** Reads the spelling of GPT-J: attention and MLP side by side behind one norm. */
  public static ModelConfig gptj(ConfigJson json) throws ModelConfigException {
    int dModel = json.integer("n_embd", 4096);
    int nHeads = json.integer("n_head", 16);
    int dHead = FamilyConfigs.headWidth(json, "n_embd", dModel, "n_head", nHeads);
    Rotary rotary = new Rotary(10_000, new Scaling.None());
    boolean whole = json.mentions("rotary_dim") && !json.has("rotary_dim");
    return ModelConfig.of(
            "gptj",
            new Sizes(
                json.integer("n_layer", 28),
                dModel,
                json.integer("vocab_size", 50400),
                json.integer("n_positions", 2048)),
            Attention.of(nHeads, nHeads, dHead),
            Mlp.plain(
                    json.integer("n_inner", 4 * dModel),
                    json.activation("activation_function", "gelu_new"))
                .withBias(true),
            Norm.layerNorm(json.number("layer_norm_epsilon", 1e-5)),
            whole ? rotary : rotary.withPart(json.integer("rotary_dim", 64)))
        .withResidual(PARALLEL.withSharedNorm(true))
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", false)).withBias(true))
        .withBosId(json.id("bos_token_id"))
        .withEosIds(json.ids("eos_token_id"));
  }

  /** Reads the spelling of GPT-NeoX and Pythia: side by side, each behind a norm of its own. */
  public static ModelConfig gptNeox(ConfigJson json) throws ModelConfigException {
    int dModel = json.integer("hidden_size", 6144);
    int nHeads = json.integer("num_attention_heads", 64);
    int dHead = FamilyConfigs.headWidth(json, "hidden_size", dModel, "num_attention_heads", nHeads);
    int nContext = json.integer("max_position_embeddings", 2048);
    boolean bias = json.flag("attention_bias", true);
    return ModelConfig.of(
            "gpt_neox",
            new Sizes(
                json.integer("num_hidden_layers", 44),
                dModel,
                json.integer("vocab_size", 50432),
                nContext),
            Attention.of(nHeads, nHeads, dHead).withInputBias(bias).withOutputBias(bias),
            Mlp.plain(
                    json.integer("intermediate_size", 24576), json.activation("hidden_act", "gelu"))
                .withBias(true),
            Norm.layerNorm(json.number("layer_norm_eps", 1e-5)),
            RotaryConfig.of(json, nContext, dHead)
                .withTheta(json.number("rotary_emb_base", 10_000))
                .withPart(json.number("rotary_pct", 0.25))
                .read())
        .withResidual(json.flag("use_parallel_residual", true) ? PARALLEL : Residual.PLAIN)
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", false)))
        .withBosId(json.id("bos_token_id"))
        .withEosIds(json.ids("eos_token_id"));
  }

  /** Reads the spelling of BLOOM and BLOOMZ: ALiBi, a norm of the embeddings. */
  public static ModelConfig bloom(ConfigJson json) throws ModelConfigException {
    refusePostLayerNorm(json);
    int dModel = json.integer("n_embed", json.integer("hidden_size", 64));
    int nHeads = json.integer("n_head", json.integer("num_attention_heads", 8));
    return ModelConfig.of(
            "bloom",
            new Sizes(
                json.integer("n_layer", json.integer("num_hidden_layers", 2)),
                dModel,
                json.integer("vocab_size", 250880),
                NO_LIMIT),
            Attention.of(
                    nHeads,
                    nHeads,
                    FamilyConfigs.headWidth(json, "n_embed", dModel, "n_head", nHeads))
                .withInputBias(true)
                .withOutputBias(true),
            Mlp.plain(4 * dModel, Activation.GELU_TANH).withBias(true),
            Norm.layerNorm(json.number("layer_norm_epsilon", 1e-5)),
            new Alibi(false))
        .withEmbedding(Embedding.PLAIN.withNorm(true))
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)))
        .withBosId(json.id("bos_token_id"))
        .withEosIds(json.ids("eos_token_id"));
  }

  /** Reads the spelling of Falcon: 7B, the RW models, 40B and later. */
  public static ModelConfig falcon(ConfigJson json) throws ModelConfigException {
    refusePostLayerNorm(json);
    int dModel = json.integer("hidden_size", 4544);
    int nHeads = json.integer("num_attention_heads", 71);
    int dHead = FamilyConfigs.headWidth(json, "hidden_size", dModel, "num_attention_heads", nHeads);
    int nContext = json.integer("max_position_embeddings", 2048);
    boolean latest = json.flag("new_decoder_architecture", false);
    boolean bias = json.flag("bias", false);
    int oneKvHead = json.flag("multi_query", true) ? 1 : nHeads;
    // The key may name all heads where there is but one.
    int nKvHeads = latest ? json.integer("num_kv_heads", nHeads) : oneKvHead;
    Positions positions =
        json.flag("alibi", false) ? new Alibi(true) : RotaryConfig.of(json, nContext, dHead).read();
    return ModelConfig.of(
            "falcon",
            new Sizes(
                json.integer("num_hidden_layers", 32),
                dModel,
                json.integer("vocab_size", 65024),
                nContext),
            Attention.of(nHeads, nKvHeads, dHead).withInputBias(bias).withOutputBias(bias),
            Mlp.plain(
                    json.integer("ffn_hidden_size", 4 * dModel),
                    json.activation("activation", "gelu"))
                .withBias(bias),
            Norm.layerNorm(json.number("layer_norm_epsilon", 1e-5)),
            positions)
        .withResidual(falconResidual(json, latest))
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)))
        .withBosId(json.id("bos_token_id"))
        .withEosIds(json.ids("eos_token_id"));
  }

  private static Residual falconResidual(ConfigJson json, boolean latest)
      throws ModelConfigException {
    if (!json.flag("parallel_attn", true)) {
      if (latest) {
        throw json.unsupported("parallel_attn", "false", "true with new_decoder_architecture");
      }
      return Residual.PLAIN;
    }
    int norms = json.integer("num_ln_in_parallel_attn", latest ? 2 : 1);
    if (norms != 1 && !(norms == 2 && latest)) {
      throw json.unsupported(
          "num_ln_in_parallel_attn", "" + norms, "1, or 2 with new_decoder_architecture");
    }
    return PARALLEL.withSharedNorm(norms == 1);
  }

  private static void refusePostLayerNorm(ConfigJson json) throws ModelConfigException {
    if (json.flag("apply_residual_connection_post_layernorm", false)) {
      throw json.unsupported("apply_residual_connection_post_layernorm", "true", "false");
    }
  }
}
