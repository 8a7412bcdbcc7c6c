package dev.limpid.model.load.families;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.HeadNorm;
import dev.limpid.model.config.HeadNorm.Over;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.ModelConfigException;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Norm.Gain;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Positions.ByLayer;
import dev.limpid.model.config.Residual;
import java.util.List;
import java.util.OptionalInt;

/** How further kin of Llama spell their facts: each is Llama but for a thing or two. */
public final class KinConfigs {
  private KinConfigs() {}

  /** Reads the spelling of Seed-OSS: biases in front of the attention, and behind it by a key. */
  public static ModelConfig seedOss(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 524_288);
    return keys.model(
        "seed_oss",
        Attention.of(keys.nHeads(), keys.nKvHeads(8), dHead(keys))
            .withInputBias(json.flag("attention_bias", true))
            .withOutputBias(json.flag("attention_out_bias", false)),
        keys.mlp().withBias(json.flag("mlp_bias", false)));
  }

  /** Reads the spelling of ERNIE 4.5 without experts: one key for all biases. */
  public static ModelConfig ernie45(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 131_072);
    boolean bias = json.flag("use_bias", false);
    int dHead = dHead(keys);
    return keys.model(
            "ernie4_5",
            Attention.of(keys.nHeads(), keys.nKvHeads(2), dHead)
                .withInputBias(bias)
                .withOutputBias(bias),
            keys.mlp().withBias(bias),
            keys.rmsNorm(1e-5),
            keys.rotary(dHead).withTheta(5e5).read())
        .withHead(Head.tiedIf(json.flag("tie_word_embeddings", true)));
  }

  /** Reads the spelling of InternLM 2 and 2.5. */
  public static ModelConfig internLm2(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    boolean bias = json.flag("bias", true);
    return keys.model(
        "internlm2",
        Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
            .withInputBias(bias)
            .withOutputBias(bias),
        keys.mlp());
  }

  /** Reads the spelling of GLM-4 (0414): norms around the blocks, half of each head rotated. */
  public static ModelConfig glm4(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 131_072);
    int dHead = dHead(keys);
    return keys.model(
            "glm4",
            Attention.of(keys.nHeads(), keys.nKvHeads(2), dHead)
                .withInputBias(json.flag("attention_bias", true)),
            keys.mlp(),
            keys.rmsNorm(1.5625e-7),
            keys.rotary(dHead).withPart(0.5).read())
        .withResidual(Residual.PLAIN.withPostNorms(true));
  }

  /**
   * Reads the spelling of EXAONE 4: norms behind the blocks and of heads; where some layers slide,
   * the others do not rotate.
   */
  public static ModelConfig exaone4(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 2048);
    boolean slides = json.has("sliding_window") || !json.mentions("sliding_window");
    int pattern =
        slides && !json.has("layer_types") ? json.positive("sliding_window_pattern", 4) : 1;
    List<Boolean> sliding = WindowConfig.sliding(json, l -> (l + 1) % pattern != 0);
    Positions rotary = keys.rotary(keys.dHead()).read();
    return keys.model(
            "exaone4",
            Attention.of(keys.nHeads(), keys.nKvHeads(32), keys.dHead())
                .withHeadNorm(new HeadNorm(keys.rmsNorm(1e-5), Over.EACH_HEAD))
                .withWindows(
                    WindowConfig.of(json, sliding, OptionalInt.of(4096), keys.sizes().nContext())),
            keys.mlp(),
            keys.rmsNorm(1e-5),
            slides
                ? new ByLayer(
                    sliding.stream().map(one -> one ? rotary : new Positions.None()).toList())
                : rotary)
        .withResidual(Residual.PLAIN.withPreNorms(false).withPostNorms(true));
  }

  /** Reads the spelling of Arcee (AFM): a plain MLP. */
  public static ModelConfig arcee(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 4096);
    return keys.model(
        "arcee", biased(keys), plain(json), keys.rmsNorm(1e-5), keys.rotary(keys.dHead()).read());
  }

  /** Reads the spelling of Nemotron: LayerNorms whose gain is 1 + what is stored, a plain MLP. */
  public static ModelConfig nemotron(ConfigJson json) throws ModelConfigException {
    LlamaKeys keys = LlamaKeys.read(json, 4096);
    return keys.model(
        "nemotron",
        biased(keys),
        plain(json),
        Norm.layerNorm(json.number("norm_eps", 1e-5)).withGain(Gain.ONE_PLUS_STORED),
        keys.rotary(keys.dHead()).withPart(0.5).read());
  }

  private static Attention biased(LlamaKeys keys) throws ModelConfigException {
    boolean bias = keys.json().flag("attention_bias", false);
    return Attention.of(keys.nHeads(), keys.nKvHeads(keys.nHeads()), keys.dHead())
        .withInputBias(bias)
        .withOutputBias(bias);
  }

  private static Mlp plain(ConfigJson json) throws ModelConfigException {
    return Mlp.plain(json.integer("intermediate_size"), json.activation("hidden_act", "relu2"))
        .withBias(json.flag("mlp_bias", false));
  }

  /** 128 where the key is absent; null means D / H. */
  private static int dHead(LlamaKeys keys) throws ModelConfigException {
    return keys.json().mentions("head_dim") ? keys.dHead() : keys.dHead(128);
  }
}
