package dev.limpid.model.config;

import dev.limpid.model.config.ModelConfig.Attention;
import dev.limpid.model.config.ModelConfig.Mlp;
import dev.limpid.model.config.ModelConfig.Norm;
import dev.limpid.model.config.ModelConfig.NormKind;
import java.util.List;
import java.util.OptionalInt;

/**
 * How Llama and its kin spell their facts in config.json. They share the keys; what they differ in,
 * and what it means when a key is absent, stands in one {@link Kin} each.
 */
public final class LlamaConfigs {
  private static final int QWEN_CONTEXT = 32_768;

  private LlamaConfigs() {}

  /** What a family has of its own. */
  private record Kin(
      String modelType,
      Defaults defaults,
      boolean inputBias,
      boolean outputBias,
      boolean mlpBias,
      boolean headNorm,
      List<Integer> windows) {}

  /**
   * What holds where a key is absent.
   *
   * @param nKvHeads 0 for as many as there are query heads
   * @param dHead 0 for D / H
   */
  private record Defaults(int nKvHeads, int dHead, int nContext) {}

  /** Reads the spelling of Llama 2 and 3, TinyLlama and SmolLM. */
  public static ModelConfig llama(ConfigJson json) throws ModelConfigException {
    boolean bias = json.flag("attention_bias", false);
    boolean mlpBias = json.flag("mlp_bias", false);
    Defaults defaults = new Defaults(0, 0, 2048);
    return read(json, new Kin("llama", defaults, bias, bias, mlpBias, false, List.of()));
  }

  /** Reads the spelling of Mistral; every layer has the same window, or none has one. */
  public static ModelConfig mistral(ConfigJson json) throws ModelConfigException {
    if (json.has("layer_types")) {
      // Hugging Face takes such a file for another family, Ministral.
      throw json.unsupported(
          "layer_types", "in model_type mistral", "the same window in all layers");
    }
    Defaults defaults = new Defaults(8, 0, 131_072);
    List<Integer> windows = WindowConfig.everywhere(json, OptionalInt.of(4096));
    return read(json, new Kin("mistral", defaults, false, false, false, false, windows));
  }

  /** Reads the spelling of Qwen 2 and 2.5. */
  public static ModelConfig qwen2(ConfigJson json) throws ModelConfigException {
    Defaults defaults = new Defaults(32, 0, QWEN_CONTEXT);
    return read(
        json,
        new Kin(
            "qwen2",
            defaults,
            true,
            false,
            false,
            false,
            WindowConfig.byLayer(json, QWEN_CONTEXT)));
  }

  /** Reads the spelling of Qwen 3. */
  public static ModelConfig qwen3(ConfigJson json) throws ModelConfigException {
    boolean bias = json.flag("attention_bias", false);
    Defaults defaults = new Defaults(32, 128, QWEN_CONTEXT);
    return read(
        json,
        new Kin(
            "qwen3", defaults, bias, bias, false, true, WindowConfig.byLayer(json, QWEN_CONTEXT)));
  }

  private static ModelConfig read(ConfigJson json, Kin kin) throws ModelConfigException {
    int dModel = json.integer("hidden_size");
    int nHeads = json.integer("num_attention_heads");
    int nContext = json.integer("max_position_embeddings", kin.defaults.nContext);
    return new ModelConfig(
        kin.modelType,
        json.integer("num_hidden_layers"),
        dModel,
        json.integer("vocab_size"),
        nContext,
        new Attention(
            nHeads,
            nKvHeads(json, nHeads, kin.defaults),
            dHead(json, dModel, nHeads, kin.defaults),
            true,
            false,
            kin.inputBias,
            kin.outputBias,
            kin.headNorm,
            kin.windows),
        new Mlp(
            json.integer("intermediate_size"),
            true,
            json.activation("hidden_act", "silu"),
            kin.mlpBias),
        new Norm(NormKind.RMS_NORM, (float) json.number("rms_norm_eps", 1e-6), true),
        RotaryConfig.read(json, nContext),
        json.flag("tie_word_embeddings", false),
        json.id("bos_token_id"),
        json.ids("eos_token_id"));
  }

  /** A key that is null is not absent: it means one for each query head, in every family. */
  private static int nKvHeads(ConfigJson json, int nHeads, Defaults defaults)
      throws ModelConfigException {
    boolean isNull = json.mentions("num_key_value_heads");
    int absent = isNull || defaults.nKvHeads == 0 ? nHeads : defaults.nKvHeads;
    return json.integer("num_key_value_heads", absent);
  }

  private static int dHead(ConfigJson json, int dModel, int nHeads, Defaults defaults)
      throws ModelConfigException {
    int dHead =
        json.has("head_dim") || defaults.dHead != 0
            ? json.integer("head_dim", defaults.dHead)
            : FamilyConfigs.headWidth(json, "hidden_size", dModel, "num_attention_heads", nHeads);
    if (dHead % 2 != 0) {
      throw json.invalid("the head width " + dHead + " is odd and cannot be rotated in pairs");
    }
    return dHead;
  }
}
