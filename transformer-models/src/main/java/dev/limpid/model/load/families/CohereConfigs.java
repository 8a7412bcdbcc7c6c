package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
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
import java.util.List;
import java.util.OptionalInt;

/** How the Command models and Aya spell their facts in config.json. */
public final class CohereConfigs {
  private CohereConfigs() {}

  /** Reads the spelling of Command R and Aya: side by side behind one norm. */
  public static ModelConfig cohere(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 8192);
    Attention attention = attention(keys);
    if (json.flag("use_qk_norm", false)) {
      attention = attention.withHeadNorm(new HeadNorm(norm(json), Over.EACH_HEAD_WITH_OWN_GAIN));
    }
    return model("cohere", keys, attention, keys.rotary(keys.dHead()).withTheta(5e5).read());
  }

  /** Reads the spelling of Command R7B: most layers slide, the others do not rotate. */
  public static ModelConfig cohere2(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 8192);
    int pattern = json.positive("sliding_window_pattern", 4);
    List<Boolean> sliding = WindowConfig.sliding(json, l -> (l + 1) % pattern != 0);
    Positions rotary = keys.rotary(keys.dHead()).read();
    return model(
        "cohere2",
        keys,
        attention(keys)
            .withWindows(
                WindowConfig.of(json, sliding, OptionalInt.of(4096), keys.sizes().nContext())),
        new ByLayer(
            sliding.stream().map(slides -> slides ? rotary : new Positions.None()).toList()));
  }

  private static Attention attention(LlamaKeys keys) throws ModelConfigException {
    boolean bias = keys.json().flag("attention_bias", false);
    return Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
        .withInputBias(bias)
        .withOutputBias(bias);
  }

  private static Norm norm(ConfigJson json) throws ModelConfigException {
    return Norm.layerNorm(json.number("layer_norm_eps", 1e-5)).withBias(false);
  }

  private static ModelConfig model(
      String modelType, LlamaKeys keys, Attention attention, Positions positions)
      throws ModelConfigException {
    ConfigJson json = keys.json();
    return keys.model(modelType, attention, keys.mlp(), norm(json), positions)
        .withResidual(Residual.PLAIN.withPlacement(Placement.PARALLEL).withSharedNorm(true))
        .withHead(
            Head.tiedIf(json.flag("tie_word_embeddings", true))
                .withScale(json.number("logit_scale", 0.0625)));
  }
}
