package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.load.families.CohereConfigs;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.model.load.families.ExpertConfigs;
import dev.limpid.model.load.families.FamilyConfigs;
import dev.limpid.model.load.families.GemmaConfigs;
import dev.limpid.model.load.families.GptConfigs;
import dev.limpid.model.load.families.KinConfigs;
import dev.limpid.model.load.families.LlamaConfigs;
import dev.limpid.model.load.families.OlmoConfigs;
import dev.limpid.model.load.families.PhiConfigs;
import java.util.Arrays;
import java.util.stream.Collectors;

/** The model families: how each spells its configuration and names its weights. */
enum Architecture {
  /** GPT-2 and its relatives. */
  GPT2("gpt2", Bos.ALWAYS, FamilyConfigs::gpt2, FamilyNames.GPT2),
  /** SantaCoder and StarCoder: GPT-2 with one key head. */
  GPT_BIGCODE(
      "gpt_bigcode", Bos.AS_THE_TOKENIZER_SAYS, GptConfigs::gptBigcode, FamilyNames.GPT_BIGCODE),
  /** GPT-Neo: GPT-2 with unscaled scores and local layers. */
  GPT_NEO("gpt_neo", Bos.AS_THE_TOKENIZER_SAYS, GptConfigs::gptNeo, FamilyNames.GPT_NEO),
  /** GPT-J: attention and MLP side by side behind one norm, rotated in adjacent pairs. */
  GPTJ("gptj", Bos.AS_THE_TOKENIZER_SAYS, GptConfigs::gptj, FamilyNames.GPTJ),
  /** GPT-NeoX and Pythia: attention and MLP side by side. */
  GPT_NEOX("gpt_neox", Bos.AS_THE_TOKENIZER_SAYS, GptConfigs::gptNeox, FamilyNames.GPT_NEOX),
  /** BLOOM: ALiBi, a norm of the embeddings. */
  BLOOM("bloom", Bos.AS_THE_TOKENIZER_SAYS, GptConfigs::bloom, FamilyNames.BLOOM),
  /** Falcon, in its three designs. */
  FALCON("falcon", Bos.AS_THE_TOKENIZER_SAYS, GptConfigs::falcon, FamilyNames.FALCON),
  /** OPT, with norms in front of the blocks or, of 350m, behind the sums. */
  OPT("opt", Bos.ALWAYS, FamilyConfigs::opt, FamilyNames.OPT),
  /** Llama 2 and 3, and what has taken over its format: TinyLlama, SmolLM. */
  LLAMA("llama", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::llama, FamilyNames.LLAMA),
  /** Mistral: Llama with a sliding attention window. */
  MISTRAL("mistral", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::mistral, FamilyNames.LLAMA),
  /** Qwen 2 and 2.5: Llama with biases on queries, keys and values. */
  QWEN2("qwen2", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::qwen2, FamilyNames.LLAMA),
  /** Qwen 3: Llama with norms on every query and key head. */
  QWEN3("qwen3", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::qwen3, FamilyNames.NORMED_HEADS),
  /** StarCoder2: rotary positions, grouped queries and windows, but LayerNorm and a plain MLP. */
  STARCODER2(
      "starcoder2", Bos.AS_THE_TOKENIZER_SAYS, FamilyConfigs::starcoder2, FamilyNames.STARCODER2),
  /** SmolLM3: Llama with layers that do not rotate. */
  SMOLLM3("smollm3", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::smollm3, FamilyNames.LLAMA),
  /** Granite: Llama with four multipliers. */
  GRANITE("granite", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::granite, FamilyNames.LLAMA),
  /** Seed-OSS: Llama with biases in front of the attention. */
  SEED_OSS("seed_oss", Bos.AS_THE_TOKENIZER_SAYS, KinConfigs::seedOss, FamilyNames.LLAMA),
  /** ERNIE 4.5 without experts: Llama, rotated in adjacent pairs. */
  ERNIE4_5("ernie4_5", Bos.AS_THE_TOKENIZER_SAYS, KinConfigs::ernie45, FamilyNames.ERNIE),
  /** InternLM 2: Llama under other names. */
  INTERNLM2("internlm2", Bos.AS_THE_TOKENIZER_SAYS, KinConfigs::internLm2, FamilyNames.INTERNLM2),
  /** GLM-4 (0414): norms around the blocks. */
  GLM4("glm4", Bos.AS_THE_TOKENIZER_SAYS, KinConfigs::glm4, FamilyNames.GLM4),
  /** EXAONE 4: norms behind the blocks, and of heads. */
  EXAONE4("exaone4", Bos.AS_THE_TOKENIZER_SAYS, KinConfigs::exaone4, FamilyNames.OLMO2),
  /** Arcee (AFM): Llama with a plain MLP. */
  ARCEE("arcee", Bos.AS_THE_TOKENIZER_SAYS, KinConfigs::arcee, FamilyNames.PLAIN_MLP),
  /** Nemotron: LayerNorm and a plain MLP, partly rotated. */
  NEMOTRON("nemotron", Bos.AS_THE_TOKENIZER_SAYS, KinConfigs::nemotron, FamilyNames.PLAIN_MLP),
  /** StableLM: Llama with LayerNorm, partly rotated. */
  STABLELM("stablelm", Bos.AS_THE_TOKENIZER_SAYS, LlamaConfigs::stablelm, FamilyNames.STABLELM),
  /** Phi 1 to 2: attention and MLP side by side behind one norm, biases everywhere. */
  PHI("phi", Bos.AS_THE_TOKENIZER_SAYS, PhiConfigs::phi, FamilyNames.PHI),
  /** Phi 3, 3.5 and 4 mini: Llama with fused matrices. */
  PHI3("phi3", Bos.AS_THE_TOKENIZER_SAYS, PhiConfigs::phi3, FamilyNames.PHI3),
  /** Gemma: Llama with a multiplied embedding. */
  GEMMA("gemma", Bos.AS_THE_TOKENIZER_SAYS, GemmaConfigs::gemma, FamilyNames.LLAMA),
  /** Gemma 2: norms around the blocks, caps, windows. */
  GEMMA2("gemma2", Bos.AS_THE_TOKENIZER_SAYS, GemmaConfigs::gemma2, FamilyNames.GEMMA2),
  /** Gemma 3: norms around the blocks and of heads, two rotations. */
  GEMMA3_TEXT("gemma3_text", Bos.AS_THE_TOKENIZER_SAYS, GemmaConfigs::gemma3, FamilyNames.GEMMA3),
  /** Gemma 3 with an encoder of images, which is left out. */
  GEMMA3("gemma3", Bos.AS_THE_TOKENIZER_SAYS, GemmaConfigs::gemma3WithImages, FamilyNames.GEMMA3),
  /** OLMo: Llama with LayerNorms that learned nothing. */
  OLMO("olmo", Bos.AS_THE_TOKENIZER_SAYS, OlmoConfigs::olmo, FamilyNames.LLAMA),
  /** OLMo 2: norms behind the blocks, and of all heads together. */
  OLMO2("olmo2", Bos.AS_THE_TOKENIZER_SAYS, OlmoConfigs::olmo2, FamilyNames.OLMO2),
  /** OLMo 3: OLMo 2 with windows. */
  OLMO3("olmo3", Bos.AS_THE_TOKENIZER_SAYS, OlmoConfigs::olmo3, FamilyNames.OLMO2),
  /** Command R and Aya: attention and MLP side by side behind one norm. */
  COHERE("cohere", Bos.AS_THE_TOKENIZER_SAYS, CohereConfigs::cohere, FamilyNames.COHERE),
  /** Command R7B: with windows, and layers that do not rotate. */
  COHERE2("cohere2", Bos.AS_THE_TOKENIZER_SAYS, CohereConfigs::cohere2, FamilyNames.COHERE),
  /** Mixtral: Mistral with experts. */
  MIXTRAL("mixtral", Bos.AS_THE_TOKENIZER_SAYS, ExpertConfigs::mixtral, FamilyNames.MIXTRAL),
  /** Qwen 2 with experts, one of them for all positions. */
  QWEN2_MOE("qwen2_moe", Bos.AS_THE_TOKENIZER_SAYS, ExpertConfigs::qwen2Moe, FamilyNames.QWEN2_MOE),
  /** Qwen 3 with experts. */
  QWEN3_MOE(
      "qwen3_moe", Bos.AS_THE_TOKENIZER_SAYS, ExpertConfigs::qwen3Moe, FamilyNames.NORMED_EXPERTS),
  /** Granite 3 with experts: four multipliers beside them. */
  GRANITE_MOE(
      "granitemoe", Bos.AS_THE_TOKENIZER_SAYS, ExpertConfigs::graniteMoe, FamilyNames.GRANITE_MOE),
  /** The same, with an expert for all positions that nothing weighs. */
  GRANITE_MOE_SHARED(
      "granitemoeshared",
      Bos.AS_THE_TOKENIZER_SAYS,
      ExpertConfigs::graniteMoe,
      FamilyNames.GRANITE_MOE),
  /** OLMoE: experts, and norms of all heads together. */
  OLMOE("olmoe", Bos.AS_THE_TOKENIZER_SAYS, ExpertConfigs::olmoe, FamilyNames.NORMED_EXPERTS),
  /** gpt-oss: experts with biases, sinks, windows. */
  GPT_OSS("gpt_oss", Bos.AS_THE_TOKENIZER_SAYS, ExpertConfigs::gptOss, FamilyNames.GPT_OSS);

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
      requireReadable(json);
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

  /** Quantised weights lie under other names; of one method alone they are read. */
  private void requireReadable(ConfigJson json) throws ModelConfigException {
    if (json.has("quantization_config")) {
      String method = json.object("quantization_config").string("quant_method", "(none)");
      if (this != GPT_OSS || !method.equals("mxfp4")) {
        throw json.unsupported(
            "quantization_config",
            method,
            "weights in F32, F16 or BF16" + (this == GPT_OSS ? ", mxfp4" : ""));
      }
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
