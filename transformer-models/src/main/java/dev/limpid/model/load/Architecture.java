package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.model.load.families.FamilyConfigs;
import dev.limpid.model.load.families.LlamaConfigs;
import dev.limpid.tensor.ops.WeightLayout;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The model families: how each spells its configuration and names its weights. */
enum Architecture {
  /** GPT-2 and its relatives. */
  GPT2(
      "gpt2",
      Bos.ALWAYS,
      FamilyConfigs::gpt2,
      WeightNames.ofLayers("h.%d.")
          .withPrefixes("transformer.", "")
          .withLayout(WeightLayout.IN_OUT)
          .with(Weight.EMBEDDING, "wte")
          .with(Weight.POSITIONS, "wpe")
          .with(Weight.FINAL_NORM, "ln_f")
          .with(Weight.ATTENTION_NORM, "ln_1")
          .with(Weight.FUSED_QKV, "attn.c_attn")
          .with(Weight.ATTENTION_OUT, "attn.c_proj")
          .with(Weight.MLP_NORM, "ln_2")
          .with(Weight.UP, "mlp.c_fc")
          .with(Weight.DOWN, "mlp.c_proj")),
  /** OPT, in its pre-LN sizes. */
  OPT(
      "opt",
      Bos.ALWAYS,
      FamilyConfigs::opt,
      WeightNames.ofLayers("layers.%d.")
          .withPrefixes("model.decoder.", "decoder.", "")
          .with(Weight.EMBEDDING, "embed_tokens")
          .with(Weight.POSITIONS, "embed_positions")
          .with(Weight.FINAL_NORM, "final_layer_norm")
          .with(Weight.ATTENTION_NORM, "self_attn_layer_norm")
          .with(Weight.QUERY, "self_attn.q_proj")
          .with(Weight.KEY, "self_attn.k_proj")
          .with(Weight.VALUE, "self_attn.v_proj")
          .with(Weight.ATTENTION_OUT, "self_attn.out_proj")
          .with(Weight.MLP_NORM, "final_layer_norm")
          .with(Weight.UP, "fc1")
          .with(Weight.DOWN, "fc2")),
  /** Llama 2 and 3, and what has taken over its format: TinyLlama, SmolLM. */
  LLAMA(
      "llama",
      Bos.AS_THE_TOKENIZER_SAYS,
      LlamaConfigs::llama,
      WeightNames.ofLayers("layers.%d.")
          .withPrefixes("model.", "")
          .with(Weight.EMBEDDING, "embed_tokens")
          .with(Weight.FINAL_NORM, "norm")
          .with(Weight.ATTENTION_NORM, "input_layernorm")
          .with(Weight.QUERY, "self_attn.q_proj")
          .with(Weight.KEY, "self_attn.k_proj")
          .with(Weight.VALUE, "self_attn.v_proj")
          .with(Weight.ATTENTION_OUT, "self_attn.o_proj")
          .with(Weight.MLP_NORM, "post_attention_layernorm")
          .with(Weight.GATE, "mlp.gate_proj")
          .with(Weight.UP, "mlp.up_proj")
          .with(Weight.DOWN, "mlp.down_proj")),
  /** Mistral: Llama with a sliding attention window. */
  MISTRAL("mistral", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::mistral, LLAMA.names),
  /** Qwen 2 and 2.5: Llama with biases on queries, keys and values. */
  QWEN2("qwen2", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::qwen2, LLAMA.names),
  /** Qwen 3: Llama with norms on every query and key head. */
  QWEN3(
      "qwen3",
      Bos.AS_THE_TOKENIZER_SAYS,
      LlamaConfigs::qwen3,
      LLAMA
          .names
          .with(Weight.QUERY_NORM, "self_attn.q_norm")
          .with(Weight.KEY_NORM, "self_attn.k_norm")),
  /** StarCoder2: rotary positions, grouped queries and windows, but LayerNorm and a plain MLP. */
  STARCODER2(
      "starcoder2",
      Bos.AS_THE_TOKENIZER_SAYS,
      FamilyConfigs::starcoder2,
      LLAMA.names.without(Weight.GATE).with(Weight.UP, "mlp.c_fc").with(Weight.DOWN, "mlp.c_proj"));

  /** When a text gets a BOS in front. */
  private enum Bos {
    ALWAYS,
    AS_THE_TOKENIZER_SAYS
  }

  /** Reads one family's spelling of config.json. */
  interface ConfigReader {
    ModelConfig read(ConfigJson json) throws ModelConfigException;
  }

  private final String modelType;
  private final Bos bos;
  private final ConfigReader reader;
  private final WeightNames names;

  Architecture(String modelType, Bos bos, ConfigReader reader, WeightNames names) {
    this.modelType = modelType;
    this.bos = bos;
    this.reader = reader;
    this.names = names;
  }

  /**
   * Returns the family of a configuration.
   *
   * @throws ModelConfigException if it is none of these, naming it and what is supported
   */
  static Architecture of(ConfigJson json) throws ModelConfigException {
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
  ModelConfig config(ConfigJson json) throws ModelConfigException {
    try {
      requireCausal(json);
      return reader.read(json);
    } catch (IllegalArgumentException e) {
      throw json.invalid(String.valueOf(e.getMessage()));
    }
  }

  /** Any family's file can say that positions look at those behind them, too. */
  private static void requireCausal(ConfigJson json) throws ModelConfigException {
    if (!json.flag("is_causal", true)) {
      throw json.unsupported(
          "is_causal", "false", "true (every position looks at itself and those before it)");
    }
  }

  /** Returns the {@code model_type} of this family. */
  String modelType() {
    return modelType;
  }

  /** Returns whether prompts always get a BOS in front, whatever the tokenizer says. */
  boolean alwaysBos() {
    return bos == Bos.ALWAYS;
  }

  WeightNames names() {
    return names;
  }
}
