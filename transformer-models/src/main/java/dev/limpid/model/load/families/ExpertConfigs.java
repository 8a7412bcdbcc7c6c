package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Experts;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;
import dev.limpid.tensor.ops.Activation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** How the families with experts spell their facts in config.json. */
public final class ExpertConfigs {
  private ExpertConfigs() {}

  /** Reads the spelling of Mixtral. */
  public static ModelConfig mixtral(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 131_072);
    int neurons = json.integer("intermediate_size");
    Experts experts =
        Experts.of(
                json.integer("num_local_experts", 8),
                json.integer("num_experts_per_tok", 2),
                neurons,
                everywhere(json))
            .withNormalised(true);
    return keys.model(
        "mixtral",
        Attention.of(keys.nHeads(), keys.nKvHeads(8), keys.dHead())
            .withWindows(WindowConfig.everywhere(json, OptionalInt.empty())),
        mlp(json, neurons).withExperts(experts),
        keys.rmsNorm(1e-5),
        keys.rotary(keys.dHead()).withTheta(1e6).read());
  }

  /** Reads the spelling of Qwen 2 with experts, and one for all positions. */
  public static ModelConfig qwen2Moe(ConfigJson json) throws ModelConfigException {
    LlamaConfigs.refuseWindows(json);
    LlamaKeys keys = LlamaKeys.read(json, 32_768);
    Experts experts =
        qwen(json, 60, 4, 1408).withShared(json.integer("shared_expert_intermediate_size", 5632));
    return keys.model(
        "qwen2_moe",
        Attention.of(keys.nHeads(), keys.nKvHeads(16), keys.dHead())
            .withInputBias(json.flag("qkv_bias", true)),
        mlp(json, json.integer("intermediate_size", 5632)).withExperts(experts));
  }

  /** Reads the spelling of Qwen 3 with experts. */
  public static ModelConfig qwen3Moe(ConfigJson json) throws ModelConfigException {
    LlamaConfigs.refuseWindows(json);
    LlamaKeys keys = LlamaKeys.read(json, 32_768);
    boolean bias = json.flag("attention_bias", false);
    return keys.model(
        "qwen3_moe",
        Attention.of(keys.nHeads(), keys.nKvHeads(4), keys.dHead())
            .withInputBias(bias)
            .withOutputBias(bias)
            .withHeadNorm(new HeadNorm(keys.rmsNorm(1e-6), Over.EACH_HEAD)),
        mlp(json, json.integer("intermediate_size", 6144)).withExperts(qwen(json, 128, 8, 768)));
  }

  /** Reads the spelling of Granite 3 with experts, and with one for all positions or without. */
  public static ModelConfig graniteMoe(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    boolean bias = json.flag("attention_bias", false);
    int neurons = json.integer("intermediate_size", 11_008);
    Experts experts =
        Experts.of(
                json.integer("num_local_experts", 8),
                json.integer("num_experts_per_tok", 2),
                neurons,
                everywhere(json))
            .withNormalised(true);
    int shared = json.integer("shared_intermediate_size", 0);
    return LlamaConfigs.multiplied(
        json,
        keys.model(
            json.string("model_type", ""),
            Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
                .withScale(json.number("attention_multiplier", 1))
                .withInputBias(bias)
                .withOutputBias(bias),
            mlp(json, neurons).withExperts(shared == 0 ? experts : experts.withShared(shared))));
  }

  /** Reads the spelling of OLMoE. */
  public static ModelConfig olmoe(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 4096);
    int neurons = json.integer("intermediate_size", 2048);
    Experts experts =
        Experts.of(
                json.integer("num_experts", 64),
                json.integer("num_experts_per_tok", 8),
                neurons,
                everywhere(json))
            .withNormalised(json.flag("norm_topk_prob", false));
    return keys.model(
        "olmoe",
        OlmoConfigs.normed(keys).withClip(json.numberIfAny("clip_qkv")),
        mlp(json, neurons).withExperts(experts),
        keys.rmsNorm(1e-5),
        keys.rotary(keys.dHead()).read());
  }

  /** Reads the spelling of gpt-oss: experts with biases, sinks, every other layer slides. */
  public static ModelConfig gptOss(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 131_072);
    int dHead = keys.dHead(64);
    boolean bias = json.flag("attention_bias", true);
    List<Boolean> sliding = WindowConfig.sliding(json, l -> l % 2 == 0);
    int neurons = json.integer("intermediate_size", 2880);
    Experts experts =
        Experts.of(
                json.integer("num_local_experts", json.integer("num_experts", 128)),
                json.integer("num_experts_per_tok", 4),
                neurons,
                everywhere(json))
            .withNormalised(true)
            .withBias(true)
            .withClamp(json.number("swiglu_limit", 7), json.number("swiglu_alpha", 1.702));
    return keys.model(
        "gpt_oss",
        Attention.of(keys.nHeads(), keys.nKvHeads(8), dHead)
            .withInputBias(bias)
            .withOutputBias(bias)
            .withSinks(true)
            .withWindows(
                WindowConfig.of(json, sliding, OptionalInt.of(128), keys.sizes().nContext())),
        mlp(json, neurons).withExperts(experts),
        keys.rmsNorm(1e-5),
        gptOssRotation(keys, dHead));
  }

  /** Where no key says anything of rotation, it is yarn's of the published models. */
  private static Positions gptOssRotation(LlamaKeys keys, int dHead) throws ModelConfigException {
    ConfigJson json = keys.json();
    RotaryConfig rotary = keys.rotary(dHead).withTheta(1.5e5);
    if (json.has("rope_scaling") || json.has("rope_parameters")) {
      return rotary.read();
    }
    double theta = json.number("rope_theta", 1.5e5);
    Scaling yarn =
        rotary.yarn(
            ConfigJson.of(
                json.path(),
                Map.of("factor", 32, "truncate", false, "original_max_position_embeddings", 4096)),
            theta,
            dHead);
    return new Rotary(theta, yarn);
  }

  private static Mlp mlp(ConfigJson json, int neurons) throws ModelConfigException {
    Activation activation = json.activation("hidden_act", "silu");
    if (activation != Activation.SILU) {
      throw json.unsupported("hidden_act", json.string("hidden_act", ""), "silu");
    }
    return Mlp.gated(neurons, activation);
  }

  private static Experts qwen(ConfigJson json, int count, int used, int neurons)
      throws ModelConfigException {
    int step = json.integer("decoder_sparse_step", 1);
    List<Integer> dense = json.ids("mlp_only_layers");
    List<Boolean> layers = new ArrayList<>();
    for (int l = 0; l < WindowConfig.nLayers(json); l++) {
      layers.add(!dense.contains(l) && step > 0 && (l + 1) % step == 0);
    }
    return Experts.of(
            json.integer("num_experts", json.integer("num_local_experts", count)),
            json.integer("num_experts_per_tok", used),
            json.integer("moe_intermediate_size", neurons),
            layers)
        .withNormalised(json.flag("norm_topk_prob", false));
  }

  private static List<Boolean> everywhere(ConfigJson json) throws ModelConfigException {
    return Collections.nCopies(WindowConfig.nLayers(json), true);
  }
}
