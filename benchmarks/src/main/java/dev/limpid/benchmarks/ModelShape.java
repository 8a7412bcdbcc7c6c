package dev.limpid.benchmarks;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.tensor.ops.Activation;
import java.util.List;
import java.util.OptionalInt;

/** The shapes of real models. */
public enum ModelShape {
  /** GPT-2, 124 M parameters. */
  GPT2(gpt2()),
  /** SmolLM2-135M: 9 query heads share 3 key/value heads. */
  SMOLLM2(llama(30, 576, 49152, 8192, 9, 3, 64, 1536)),
  /** The bundled demo-llama: half a million parameters, to see that a benchmark works. */
  DEMO_LLAMA(llama(4, 128, 1293, 8192, 8, 4, 16, 344));

  private final ModelConfig config;

  ModelShape(ModelConfig config) {
    this.config = config;
  }

  ModelConfig config() {
    return config;
  }

  private static ModelConfig gpt2() {
    return new ModelConfig(
        "gpt2",
        12,
        768,
        50257,
        1024,
        new ModelConfig.Attention(12, 12, 64, true, false, true, true, false, List.of()),
        new ModelConfig.Mlp(3072, false, Activation.GELU_TANH, true),
        new ModelConfig.Norm(ModelConfig.NormKind.LAYER_NORM, 1e-5f, true),
        new Positions.Learned(0),
        true,
        OptionalInt.empty(),
        List.of());
  }

  private static ModelConfig llama(
      int nLayers,
      int width,
      int vocabulary,
      int context,
      int nHeads,
      int nKvHeads,
      int dHead,
      int nNeurons) {
    return new ModelConfig(
        "llama",
        nLayers,
        width,
        vocabulary,
        context,
        new ModelConfig.Attention(
            nHeads, nKvHeads, dHead, true, false, false, false, false, List.of()),
        new ModelConfig.Mlp(nNeurons, true, Activation.SILU, false),
        new ModelConfig.Norm(ModelConfig.NormKind.RMS_NORM, 1e-5f, true),
        new Positions.Rotary(100_000, new Positions.Scaling.None()),
        true,
        OptionalInt.empty(),
        List.of());
  }
}
