package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Sizes;

/** What Llama and its kin spell alike. */
record LlamaKeys(ConfigJson json, Sizes sizes, int nHeads) {

  static LlamaKeys read(ConfigJson json, int absentContext) throws ModelConfigException {
    int dModel = json.integer("hidden_size");
    int nHeads = json.integer("num_attention_heads");
    int nContext = json.integer("max_position_embeddings", absentContext);
    return new LlamaKeys(
        json,
        new Sizes(json.integer("num_hidden_layers"), dModel, json.integer("vocab_size"), nContext),
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

  Norm rmsNorm(double absent) throws ModelConfigException {
    return Norm.rmsNorm(json.number("rms_norm_eps", absent));
  }

  RotaryConfig rotary(int dHead) {
    return RotaryConfig.of(json, sizes.nContext(), dHead);
  }

  /** Returns a model with RMSNorms, whole heads rotated, and a head of its own if none is tied. */
  ModelConfig model(String modelType, Attention attention, Mlp mlp) throws ModelConfigException {
    return model(modelType, attention, mlp, rmsNorm(1e-6), rotary(attention.dHead()).read());
  }

  /** Returns a model with a head of its own if none is tied. */
  ModelConfig model(String modelType, Attention attention, Mlp mlp, Norm norm, Positions positions)
      throws ModelConfigException {
    return ModelConfig.of(modelType, sizes, attention, mlp, norm, positions)
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", false)))
        .withBosId(json.id("bos_token_id"))
        .withEosIds(json.ids("eos_token_id"));
  }
}
