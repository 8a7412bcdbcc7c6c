package dev.limpid.model.load;

import dev.limpid.model.config.ConfigJson;
import dev.limpid.model.config.FamilyConfigs;
import dev.limpid.model.config.LlamaConfigs;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The model families: how each spells its configuration and names its weights. */
public enum Architecture {
  /** GPT-2 and its relatives. */
  GPT2(
      "gpt2",
      true,
      FamilyConfigs::gpt2,
      new WeightNames(
          List.of("transformer.", ""),
          WeightLayout.IN_OUT,
          "wte",
          "wpe",
          "ln_f",
          "h.%d.",
          "ln_1",
          new WeightNames.Fused("attn.c_attn"),
          "attn.c_proj",
          "ln_2",
          "",
          "mlp.c_fc",
          "mlp.c_proj")),
  /** OPT, in its pre-LN sizes. */
  OPT(
      "opt",
      true,
      FamilyConfigs::opt,
      new WeightNames(
          List.of("model.decoder.", "decoder.", ""),
          WeightLayout.OUT_IN,
          "embed_tokens",
          "embed_positions",
          "final_layer_norm",
          "layers.%d.",
          "self_attn_layer_norm",
          new WeightNames.Separate("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
          "self_attn.out_proj",
          "final_layer_norm",
          "",
          "fc1",
          "fc2")),
  /** Llama 2 and 3, and what has taken over its format: TinyLlama, SmolLM. */
  LLAMA(
      "llama",
      false,
      LlamaConfigs::llama,
      new WeightNames(
          List.of("model.", ""),
          WeightLayout.OUT_IN,
          "embed_tokens",
          "",
          "norm",
          "layers.%d.",
          "input_layernorm",
          new WeightNames.Separate("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
          "self_attn.o_proj",
          "post_attention_layernorm",
          "mlp.gate_proj",
          "mlp.up_proj",
          "mlp.down_proj")),
  /** Mistral: Llama with a sliding attention window. */
  MISTRAL("mistral", false, LlamaConfigs::mistral, LLAMA.names),
  /** Qwen 2 and 2.5: Llama with biases on queries, keys and values. */
  QWEN2("qwen2", false, LlamaConfigs::qwen2, LLAMA.names),
  /** Qwen 3: Llama with norms on every query and key head. */
  QWEN3(
      "qwen3",
      false,
      LlamaConfigs::qwen3,
      LLAMA.names.withHeadNorms("self_attn.q_norm", "self_attn.k_norm")),
  /** StarCoder2: rotary positions, grouped queries and windows, but LayerNorm and a plain MLP. */
  STARCODER2(
      "starcoder2",
      false,
      FamilyConfigs::starcoder2,
      new WeightNames(
          List.of("model.", ""),
          WeightLayout.OUT_IN,
          "embed_tokens",
          "",
          "norm",
          "layers.%d.",
          "input_layernorm",
          new WeightNames.Separate("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
          "self_attn.o_proj",
          "post_attention_layernorm",
          "",
          "mlp.c_fc",
          "mlp.c_proj"));

  /** Reads one family's spelling of config.json. */
  interface ConfigReader {
    ModelConfig read(ConfigJson json) throws ModelConfigException;
  }

  private final String modelType;
  private final boolean alwaysBos;
  private final ConfigReader reader;
  private final WeightNames names;

  Architecture(String modelType, boolean alwaysBos, ConfigReader reader, WeightNames names) {
    this.modelType = modelType;
    this.alwaysBos = alwaysBos;
    this.reader = reader;
    this.names = names;
  }

  /**
   * Returns the family of a configuration.
   *
   * @throws ModelConfigException if it is none of these, naming it and what is supported
   */
  public static Architecture of(ConfigJson json) throws ModelConfigException {
    String type = json.string("model_type", "(none)");
    for (Architecture architecture : values()) {
      if (architecture.modelType.equals(type)) {
        return architecture;
      }
    }
    throw json.unsupported(
        "model_type",
        type,
        Arrays.stream(values()).map(a -> a.modelType).collect(Collectors.joining(", ")));
  }

  /** Returns the facts of a model of this family. */
  public ModelConfig config(ConfigJson json) throws ModelConfigException {
    try {
      return reader.read(json);
    } catch (IllegalArgumentException e) {
      throw json.invalid(String.valueOf(e.getMessage()));
    }
  }

  /** Returns the {@code model_type} of this family. */
  public String modelType() {
    return modelType;
  }

  /** Returns whether prompts always get a BOS in front, whatever the tokenizer says. */
  public boolean alwaysBos() {
    return alwaysBos;
  }

  WeightNames names() {
    return names;
  }
}
