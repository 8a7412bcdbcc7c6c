package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Residual;
import dev.limpid.model.config.Residual.Placement;
import java.util.OptionalInt;

/** How the Phi models spell their facts in config.json. */
public final class PhiConfigs {
  private PhiConfigs() {}

  /** Reads the spelling of Phi 1, 1.5 and 2: side by side behind one norm, biases everywhere. */
  public static ModelConfig phi(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    Norm norm = Norm.layerNorm(json.number("layer_norm_eps", 1e-5));
    Attention attention =
        Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
            .withInputBias(true)
            .withOutputBias(true);
    if (json.flag("qk_layernorm", false)) {
      attention = attention.withHeadNorm(new HeadNorm(norm, Over.EACH_HEAD));
    }
    ModelConfig model =
        keys.model(
            "phi",
            attention,
            Mlp.plain(json.integer("intermediate_size"), json.activation("hidden_act", "gelu_new"))
                .withBias(true),
            norm,
            keys.rotary(keys.dHead()).withPart(0.5).read());
    return model
        .withResidual(Residual.PLAIN.withPlacement(Placement.PARALLEL).withSharedNorm(true))
        .withHead(model.head().withBias(true));
  }

  /** Reads the spelling of Phi 3, 3.5 and 4 mini. */
  public static ModelConfig phi3(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 4096);
    return keys.model(
        "phi3",
        Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
            .withWindows(WindowConfig.everywhere(json, OptionalInt.empty())),
        keys.mlp(),
        keys.rmsNorm(1e-5),
        keys.rotary(keys.dHead()).withPart(1).withLongRope(4096, "longrope", "su", "yarn").read());
  }
}
