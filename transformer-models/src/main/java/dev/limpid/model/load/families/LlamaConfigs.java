package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Sizes;
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
    Shared shared = Shared.read(json, 2048);
    return shared.model(
        "llama",
        Attention.of(shared.nHeads, shared.nKvHeads(shared.nHeads), shared.dHead())
            .withInputBias(bias)
            .withOutputBias(bias),
        shared.mlp().withBias(mlpBias));
  }

  /** Reads the spelling of Mistral; every layer has the same window, or none has one. */
  public static ModelConfig mistral(ConfigJson json) throws ModelConfigException {
    if (json.has("layer_types")) {
      // Hugging Face takes such a file for another family, Ministral.
      throw json.unsupported(
          "layer_types", "in model_type mistral", "the same window in all layers");
    }
    List<Integer> windows = WindowConfig.everywhere(json, OptionalInt.of(4096));
    Shared shared = Shared.read(json, 131_072);
    return shared.model(
        "mistral",
        Attention.of(shared.nHeads, shared.nKvHeads(8), shared.dHead()).withWindows(windows),
        shared.mlp());
  }

  /** Reads the spelling of Qwen 2 and 2.5. */
  public static ModelConfig qwen2(ConfigJson json) throws ModelConfigException {
    List<Integer> windows = WindowConfig.byLayer(json, QWEN_CONTEXT);
    Shared shared = Shared.read(json, QWEN_CONTEXT);
    return shared.model(
        "qwen2",
        Attention.of(shared.nHeads, shared.nKvHeads(32), shared.dHead())
            .withInputBias(true)
            .withWindows(windows),
        shared.mlp());
  }

  /** Reads the spelling of Qwen 3. */
  public static ModelConfig qwen3(ConfigJson json) throws ModelConfigException {
    boolean bias = json.flag("attention_bias", false);
    List<Integer> windows = WindowConfig.byLayer(json, QWEN_CONTEXT);
    Shared shared = Shared.read(json, QWEN_CONTEXT);
    return shared.model(
        "qwen3",
        Attention.of(shared.nHeads, shared.nKvHeads(32), shared.dHead(128))
            .withInputBias(bias)
            .withOutputBias(bias)
            .withHeadNorm(true)
            .withWindows(windows),
        shared.mlp());
  }

  /** What all of them spell alike. */
  private record Shared(ConfigJson json, Sizes sizes, int nHeads) {

    static Shared read(ConfigJson json, int absentContext) throws ModelConfigException {
      int dModel = json.integer("hidden_size");
      int nHeads = json.integer("num_attention_heads");
      int nContext = json.integer("max_position_embeddings", absentContext);
      return new Shared(
          json,
          new Sizes(
              json.integer("num_hidden_layers"), dModel, json.integer("vocab_size"), nContext),
          nHeads);
    }

    /** A key that is null is not absent: it means one for each query head, in every family. */
    int nKvHeads(int absent) throws ModelConfigException {
      String key = "num_key_value_heads";
      return json.integer(key, json.mentions(key) ? nHeads : absent);
    }

    /** The width where the key is absent is D / H. */
    int dHead() throws ModelConfigException {
      return json.has("head_dim")
          ? dHead(0)
          : paired(
              FamilyConfigs.headWidth(
                  json, "hidden_size", sizes.dModel(), "num_attention_heads", nHeads));
    }

    int dHead(int absent) throws ModelConfigException {
      return paired(json.integer("head_dim", absent));
    }

    private int paired(int dHead) throws ModelConfigException {
      if (dHead % 2 != 0) {
        throw json.invalid("the head width " + dHead + " is odd and cannot be rotated in pairs");
      }
      return dHead;
    }

    Mlp mlp() throws ModelConfigException {
      return Mlp.gated(json.integer("intermediate_size"), json.activation("hidden_act", "silu"));
    }

    ModelConfig model(String modelType, Attention attention, Mlp mlp) throws ModelConfigException {
      return ModelConfig.of(
              modelType,
              sizes,
              attention,
              mlp,
              Norm.rmsNorm(json.number("rms_norm_eps", 1e-6)),
              RotaryConfig.read(json, sizes.nContext()))
          .withHead(Head.tiedIf(json.flag("tie_word_embeddings", false)))
          .withBosId(json.id("bos_token_id"))
          .withEosIds(json.ids("eos_token_id"));
    }
  }
}
