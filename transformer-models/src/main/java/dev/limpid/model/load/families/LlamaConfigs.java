package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Embedding;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Positions.ByLayer;
import dev.limpid.model.config.Residual;
import dev.limpid.model.config.Residual.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How Llama and its kin spell their facts in config.json. They share the keys; what they differ in,
 * and what it means when a key is absent, stands in one method each.
 */
public final class LlamaConfigs {
  private static final int QWEN_CONTEXT = 32_768;

  private LlamaConfigs() {}

  /** Reads the spelling of Llama 2 and 3, TinyLlama and SmolLM. */
  public static ModelConfig llama(ConfigJson json) throws ModelConfigException {
    boolean bias = json.flag("attention_bias", false);
    boolean mlpBias = json.flag("mlp_bias", false);
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    return keys.model(
        "llama",
        Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
            .withInputBias(bias)
            .withOutputBias(bias),
        keys.mlp().withBias(mlpBias));
  }

  /** Reads the spelling of Mistral; every layer has the same window, or none has one. */
  public static ModelConfig mistral(ConfigJson json) throws ModelConfigException {
    if (json.has("layer_types")) {
      // Hugging Face takes such a file for another family, Ministral.
      throw json.unsupported(
          "layer_types", "in model_type mistral", "the same window in all layers");
    }
    List<Integer> windows = WindowConfig.everywhere(json, OptionalInt.of(4096));
    LlamaKeys keys = LlamaKeys.read(json, 131_072);
    return keys.model(
        "mistral",
        Attention.of(keys.nHeads(), keys.nKvHeads(8), keys.dHead()).withWindows(windows),
        keys.mlp());
  }

  /** Reads the spelling of Qwen 2 and 2.5. */
  public static ModelConfig qwen2(ConfigJson json) throws ModelConfigException {
    List<Integer> windows = WindowConfig.byLayer(json, QWEN_CONTEXT);
    LlamaKeys keys = LlamaKeys.read(json, QWEN_CONTEXT);
    return keys.model(
        "qwen2",
        Attention.of(keys.nHeads(), keys.nKvHeads(32), keys.dHead())
            .withInputBias(true)
            .withWindows(windows),
        keys.mlp());
  }

  /** Reads the spelling of Qwen 3. */
  public static ModelConfig qwen3(ConfigJson json) throws ModelConfigException {
    boolean bias = json.flag("attention_bias", false);
    List<Integer> windows = WindowConfig.byLayer(json, QWEN_CONTEXT);
    LlamaKeys keys = LlamaKeys.read(json, QWEN_CONTEXT);
    return keys.model(
        "qwen3",
        Attention.of(keys.nHeads(), keys.nKvHeads(32), keys.dHead(128))
            .withInputBias(bias)
            .withOutputBias(bias)
            .withHeadNorm(new HeadNorm(keys.rmsNorm(1e-6), Over.EACH_HEAD))
            .withWindows(windows),
        keys.mlp());
  }

  /** Reads the spelling of SmolLM3: some layers do not rotate. */
  public static ModelConfig smollm3(ConfigJson json) throws ModelConfigException {
    refuseWindows(json);
    boolean bias = json.flag("attention_bias", false);
    LlamaKeys keys = LlamaKeys.read(json, 32_768);
    Positions rotary = keys.rotary(keys.dHead()).withTheta(2e6).read();
    return keys.model(
            "smollm3",
            Attention.of(keys.nHeads(), keys.nKvHeads(4), keys.dHead())
                .withInputBias(bias)
                .withOutputBias(bias),
            keys.mlp().withBias(json.flag("mlp_bias", false)),
            keys.rmsNorm(1e-6),
            new ByLayer(
                rotates(json).stream()
                    .map(turns -> turns ? rotary : new Positions.None())
                    .toList()))
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)));
  }

  /** 1 rotates; where it is not said, every fourth layer does not. */
  private static List<Boolean> rotates(ConfigJson json) throws ModelConfigException {
    int nLayers = WindowConfig.nLayers(json);
    List<Boolean> rotates = new ArrayList<>();
    if (json.has("no_rope_layers")) {
      json.ids("no_rope_layers").forEach(turns -> rotates.add(turns != 0));
    } else {
      int interval = json.positive("no_rope_layer_interval", 4);
      for (int l = 0; l < nLayers; l++) {
        rotates.add((l + 1) % interval != 0);
      }
    }
    if (rotates.size() != nLayers) {
      throw json.invalid(
          "no_rope_layers has %d entries, num_hidden_layers is %d"
              .formatted(rotates.size(), nLayers));
    }
    return rotates;
  }

  /** Refuses sliding windows in families whose published models have none. */
  static void refuseWindows(ConfigJson json) throws ModelConfigException {
    if (json.flag("use_sliding_window", false)) {
      throw json.unsupported("use_sliding_window", "true", "false");
    }
    if (json.has("layer_types") && json.strings("layer_types").contains("sliding_attention")) {
      throw json.unsupported("layer_types", "sliding_attention", "full_attention");
    }
  }

  /** Reads the spelling of Granite 3: four multipliers. */
  public static ModelConfig granite(ConfigJson json) throws ModelConfigException {
    boolean bias = json.flag("attention_bias", false);
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    ModelConfig model =
        keys.model(
            "granite",
            Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
                .withScale(json.number("attention_multiplier", 1))
                .withInputBias(bias)
                .withOutputBias(bias),
            keys.mlp().withBias(json.flag("mlp_bias", false)));
    return multiplied(json, model);
  }

  /** Reads three of the four multipliers; the other is of attention. */
  static ModelConfig multiplied(ConfigJson json, ModelConfig model) throws ModelConfigException {
    return model
        .withEmbedding(Embedding.PLAIN.withScale(json.number("embedding_multiplier", 1)))
        .withResidual(Residual.PLAIN.withMultiplier(json.number("residual_multiplier", 1)))
        .withHead(model.head().withScale(1 / json.above0("logits_scaling", 1)));
  }

  /** Reads the spelling of StableLM: LayerNorm, and a part of each head rotated. */
  public static ModelConfig stablelm(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 4096);
    Norm norm = Norm.layerNorm(json.number("layer_norm_eps", 1e-5));
    Attention attention =
        Attention.of(keys.nHeads(), keys.nKvHeads(32), keys.dHead())
            .withInputBias(json.flag("use_qkv_bias", false));
    if (json.flag("qk_layernorm", false)) {
      attention =
          attention.withHeadNorm(new HeadNorm(norm.withBias(false), Over.EACH_HEAD_WITH_OWN_GAIN));
    }
    ModelConfig model =
        keys.model(
            "stablelm",
            attention,
            keys.mlp(),
            norm,
            keys.rotary(keys.dHead()).withPart(0.25).read());
    return json.flag("use_parallel_residual", false)
        ? model.withResidual(Residual.PLAIN.withPlacement(Placement.PARALLEL).withSharedNorm(true))
        : model;
  }
}
