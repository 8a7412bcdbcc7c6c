package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Norm.Gain;
import dev.limpid.model.config.Residual;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** How the OLMo models spell their facts in config.json. */
public final class OlmoConfigs {
  private static final Residual NORMS_BEHIND =
      Residual.PLAIN.withPreNorms(false).withPostNorms(true);

  private OlmoConfigs() {}

  /** Reads the spelling of OLMo: LayerNorms that learned nothing, of one epsilon. */
  public static ModelConfig olmo(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    return keys.model(
        "olmo",
        attention(keys).withClip(json.numberIfAny("clip_qkv")),
        keys.mlp(),
        Norm.layerNorm(1e-5).withGain(Gain.NONE).withBias(false),
        keys.rotary(keys.dHead()).read());
  }

  /** Reads the spelling of OLMo 2: norms behind the blocks, and of all heads together. */
  public static ModelConfig olmo2(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    return keys.model(
            "olmo2", normed(keys), keys.mlp(), keys.rmsNorm(1e-5), keys.rotary(keys.dHead()).read())
        .withResidual(NORMS_BEHIND);
  }

  /** Reads the spelling of OLMo 3: three of four layers slide, the others stretch positions. */
  public static ModelConfig olmo3(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    List<Boolean> sliding = WindowConfig.sliding(json, l -> (l + 1) % 4 != 0);
    return keys.model(
            "olmo3",
            normed(keys)
                .withWindows(
                    WindowConfig.of(json, sliding, OptionalInt.of(4096), keys.sizes().nContext())),
            keys.mlp(),
            keys.rmsNorm(1e-5),
            keys.rotary(keys.dHead()).withTheta(5e5).readByType(sliding, OptionalDouble.empty()))
        .withResidual(NORMS_BEHIND);
  }

  /** Attention with norms of all query heads together, and of all key heads. */
  static Attention normed(LlamaKeys keys) throws ModelConfigException {
    return attention(keys).withHeadNorm(new HeadNorm(keys.rmsNorm(1e-5), Over.ALL_HEADS));
  }

  private static Attention attention(LlamaKeys keys) throws ModelConfigException {
    boolean bias = keys.json().flag("attention_bias", false);
    return Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
        .withInputBias(bias)
        .withOutputBias(bias);
  }
}
