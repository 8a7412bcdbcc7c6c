package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Embedding;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Norm.Gain;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Residual;
import dev.limpid.model.config.Sizes;
import dev.limpid.tensor.ops.Activation;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** How the Gemma models spell their facts in config.json. */
public final class GemmaConfigs {
  private GemmaConfigs() {}

  /**
   * Reads the spelling of Gemma: Llama with a multiplied embedding and gains of 1 + what is stored.
   */
  public static ModelConfig gemma(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = keys(json, 8192);
    boolean bias = json.flag("attention_bias", false);
    int dHead = keys.dHead(256);
    return finish(
        keys,
        "gemma",
        Attention.of(keys.nHeads(), keys.nKvHeads(16), dHead)
            .withInputBias(bias)
            .withOutputBias(bias),
        activation(json, json.has("hidden_activation") ? "hidden_activation" : "hidden_act"),
        keys.rotary(dHead).read());
  }

  /** Reads the spelling of Gemma 2: norms around the blocks, caps, every other layer slides. */
  public static ModelConfig gemma2(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = keys(json, 8192);
    int dHead = keys.dHead(256);
    List<Boolean> sliding = WindowConfig.sliding(json, l -> l % 2 == 0);
    Attention attention =
        scaled(json, Attention.of(keys.nHeads(), keys.nKvHeads(4), dHead))
            .withCap(json.numberUnlessNull("attn_logit_softcapping", 50))
            .withWindows(
                WindowConfig.of(json, sliding, OptionalInt.of(4096), keys.sizes().nContext()));
    ModelConfig model =
        finish(
            keys,
            "gemma2",
            attention,
            json.activation("hidden_activation", "gelu_pytorch_tanh"),
            keys.rotary(dHead).read());
    return model
        .withResidual(Residual.PLAIN.withPostNorms(true))
        .withHead(model.head().withCap(json.numberUnlessNull("final_logit_softcapping", 30)));
  }

  /** Reads the spelling of Gemma 3 without images: norms of heads, two rotations. */
  public static ModelConfig gemma3(ConfigJson json) throws ModelConfigException {
    return gemma3("gemma3_text", json, keys(json, 131_072));
  }

  /** Reads the spelling of Gemma 3 with images, of which the part that reads text is a model. */
  public static ModelConfig gemma3WithImages(ConfigJson json) throws ModelConfigException {
    ConfigJson text = json.object("text_config");
    LlamaKeys keys =
        new LlamaKeys(
            text,
            new Sizes(
                text.integer("num_hidden_layers", 26),
                text.integer("hidden_size", 2304),
                text.integer("vocab_size", 262_208),
                text.integer("max_position_embeddings", 131_072)),
            text.integer("num_attention_heads", 8));
    ModelConfig model = gemma3("gemma3", text, keys);
    boolean tied = text.flag("tie_word_embeddings", json.flag("tie_word_embeddings", true));
    return model
        .withHead(Head.tiedIf(tied).withCap(model.head().cap()))
        .withBosId(json.has("bos_token_id") ? json.id("bos_token_id") : model.bosId())
        .withEosIds(json.has("eos_token_id") ? json.ids("eos_token_id") : model.eosIds());
  }

  private static ModelConfig gemma3(String modelType, ConfigJson json, LlamaKeys keys)
      throws ModelConfigException {
    refuseBothWays(json);
    boolean bias = json.flag("attention_bias", false);
    int dHead = keys.dHead(256);
    String key = "sliding_window_pattern";
    int pattern = json.positive(key, json.positive("_" + key, 6));
    List<Boolean> sliding =
        WindowConfig.sliding(json, keys.sizes().nLayers(), l -> (l + 1) % pattern != 0);
    Attention attention =
        scaled(json, Attention.of(keys.nHeads(), keys.nKvHeads(4), dHead))
            .withInputBias(bias)
            .withOutputBias(bias)
            .withCap(json.numberIfAny("attn_logit_softcapping"))
            .withHeadNorm(new HeadNorm(norm(json), Over.EACH_HEAD))
            .withWindows(
                WindowConfig.of(json, sliding, OptionalInt.of(4096), keys.sizes().nContext()));
    Positions positions =
        keys.rotary(dHead)
            .withTheta(1e6)
            .readByType(sliding, OptionalDouble.of(json.number("rope_local_base_freq", 10_000)));
    ModelConfig model =
        finish(
            keys,
            modelType,
            attention,
            json.activation("hidden_activation", "gelu_pytorch_tanh"),
            positions);
    return model
        .withResidual(Residual.PLAIN.withPostNorms(true))
        .withHead(model.head().withCap(json.numberIfAny("final_logit_softcapping")));
  }

  private static LlamaKeys keys(ConfigJson json, int absentContext) throws ModelConfigException {
    refuseBothWays(json);
    return LlamaKeys.read(json, absentContext);
  }

  private static void refuseBothWays(ConfigJson json) throws ModelConfigException {
    if (json.flag("use_bidirectional_attention", false)) {
      throw json.unsupported(
          "use_bidirectional_attention",
          "true",
          "false (every position looks at itself and those before it)");
    }
  }

  private static Attention scaled(ConfigJson json, Attention attention)
      throws ModelConfigException {
    return attention.withScale(1 / Math.sqrt(json.above0("query_pre_attn_scalar", 256)));
  }

  /** Gemma's files say gelu, or nothing, and mean its tanh form. */
  private static Activation activation(ConfigJson json, String key) throws ModelConfigException {
    return json.string(key, "gelu").equals("gelu")
        ? Activation.GELU_TANH
        : json.activation(key, "gelu");
  }

  private static Norm norm(ConfigJson json) throws ModelConfigException {
    return Norm.rmsNorm(json.number("rms_norm_eps", 1e-6)).withGain(Gain.ONE_PLUS_STORED);
  }

  private static ModelConfig finish(
      LlamaKeys keys,
      String modelType,
      Attention attention,
      Activation activation,
      Positions positions)
      throws ModelConfigException {
    ConfigJson json = keys.json();
    return keys.model(
            modelType,
            attention,
            Mlp.gated(json.integer("intermediate_size", 9216), activation),
            norm(json),
            positions)
        .withEmbedding(Embedding.PLAIN.withScale(Math.sqrt(keys.sizes().dModel())))
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)));
  }
}
