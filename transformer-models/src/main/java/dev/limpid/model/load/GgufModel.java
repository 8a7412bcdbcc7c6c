package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.weights.MissingTensorException;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Set;

/** A GGUF file: metadata in the place of config.json, and the weights under names of its own. */
record GgufModel(GgufFile file, ConfigJson json, Architecture architecture) implements ModelFiles {
  /** What the frequencies of the rotation are divided by, where a file says so. */
  private static final String DIVISORS = "rope_freqs.weight";

  static GgufModel open(Path path) throws IOException {
    GgufFile file = GgufFile.open(path, Arena.ofAuto());
    ConfigJson json = new GgufConfig(file).read();
    return new GgufModel(file, json, Architecture.of(json));
  }

  @Override
  public String name() {
    return file.path().getFileName().toString();
  }

  @Override
  public ModelConfig config() throws IOException {
    ModelConfig config = architecture.config(json);
    if (!file.names().contains(DIVISORS)
        || !(config.positions() instanceof Positions.Rotary rotary)) {
      return config;
    }
    float[] divisors = source(config).tensor(DIVISORS, config.dHead() / 2).toFloats();
    for (float divisor : divisors) {
      if (!(divisor > 0 && divisor < Float.POSITIVE_INFINITY)) {
        throw new MissingTensorException(
            file.path(), DIVISORS, "holds " + divisor + ", which no frequency can be divided by");
      }
    }
    if (!(rotary.scaling() instanceof Positions.Scaling.None)) {
      throw json.invalid(DIVISORS + " and rope.scaling.type both scale the rotary frequencies");
    }
    return config.withPositions(rotary.withScaling(Positions.Scaling.Divided.by(divisors)));
  }

  @Override
  public WeightNames names() {
    return architecture.names().inGguf();
  }

  @Override
  public WeightSource weights() throws IOException {
    return source(architecture.config(json));
  }

  private GgufWeights source(ModelConfig config) throws IOException {
    return new GgufWeights(file, GgufConfig.interleavesPairs(file) ? config.dHead() : 0);
  }

  @Override
  public void requireNothingMissed(Set<String> unread) throws IOException {
    for (String name : unread) {
      if (!name.equals(DIVISORS)) {
        throw new MissingTensorException(
            file.path(),
            name,
            "is no part of a %s model as Limpid knows it".formatted(architecture.modelType()));
      }
    }
  }
}
