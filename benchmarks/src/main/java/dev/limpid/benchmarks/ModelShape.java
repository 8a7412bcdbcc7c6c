package dev.limpid.benchmarks;

import dev.limpid.model.config.Attention;
import dev.limpid.model.config.Head;
import dev.limpid.model.config.Mlp;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Norm;
import dev.limpid.model.config.Positions;
import dev.limpid.model.config.Sizes;
import dev.limpid.tensor.ops.Activation;

/** The shapes of real models. */
public enum ModelShape {
  /** GPT-2, 124 M parameters. */
  GPT2(gpt2()),
  /** SmolLM2-135M: 9 query heads share 3 key/value heads. */
  SMOLLM2(llama(new Sizes(30, 576, 49152, 8192), Attention.of(9, 3, 64), 1536)),
  /** The bundled demo-llama: half a million parameters, to see that a benchmark works. */
  DEMO_LLAMA(llama(new Sizes(4, 128, 1293, 8192), Attention.of(8, 4, 16), 344));

  private final ModelConfig config;

  ModelShape(ModelConfig config) {
    this.config = config;
  }

  ModelConfig config() {
    return config;
  }

  private static ModelConfig gpt2() {
    return ModelConfig.of(
            "gpt2",
            new Sizes(12, 768, 50257, 1024),
            Attention.of(12, 12, 64).withInputBias(true).withOutputBias(true),
            Mlp.plain(3072, Activation.GELU_TANH).withBias(true),
            Norm.layerNorm(1e-5),
            new Positions.Learned(0))
        .withHead(Head.tiedIf(true));
  }

  private static ModelConfig llama(Sizes sizes, Attention attention, int nNeurons) {
    return ModelConfig.of(
            "llama",
            sizes,
            attention,
            Mlp.gated(nNeurons, Activation.SILU),
            Norm.rmsNorm(1e-5),
            new Positions.Rotary(100_000, new Positions.Scaling.None()))
        .withHead(Head.tiedIf(true));
  }
}
