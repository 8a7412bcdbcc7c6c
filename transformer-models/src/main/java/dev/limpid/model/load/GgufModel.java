package dev.limpid.model.load;

import dev.limpid.model.chat.ChatTemplate;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.config.Positions;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.gguf.GgufFile;
import dev.limpid.tensor.gguf.GgufType;
import dev.limpid.tensor.weights.MissingTensorException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A GGUF file: metadata in the place of config.json, and the weights under names of its own. */
record GgufModel(GgufFile file) implements ModelFormat {
  /** What the frequencies of the rotation are divided by, where a file says so. */
  private static final String DIVISORS = "rope_freqs.weight";

  static GgufModel open(Path path) throws IOException {
    return new GgufModel(GgufFile.open(path, Arena.ofAuto()));
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public String name() {
    return path().getFileName().toString();
  }

  @Override
  public String modelType() throws IOException {
    return GgufConfig.family(file).orElse("unknown");
  }

  @Override
  public Facts facts() throws IOException {
    ConfigJson json = new GgufConfig(file).read();
    Architecture architecture = Architecture.of(json);
    ModelConfig config = architecture.config(json);
    if (!file.names().contains(DIVISORS)) {
      return new Facts(architecture, config);
    }
    if (!(config.positions() instanceof Positions.Rotary rotary)) {
      throw json.invalid(DIVISORS + " of a model whose layers do not all rotate alike");
    }
    float[] divisors = divisors(config, rotary);
    if (!(rotary.scaling() instanceof Positions.Scaling.None)) {
      throw json.invalid(DIVISORS + " and rope.scaling.type both scale the rotary frequencies");
    }
    Positions divided = rotary.withScaling(Positions.Scaling.Divided.by(divisors));
    return new Facts(architecture, config.withPositions(divided));
  }

  private float[] divisors(ModelConfig config, Positions.Rotary rotary) throws IOException {
    int turned = rotary.part().orElse(config.dHead());
    float[] divisors = weights(config).tensor(DIVISORS, turned / 2).toFloats();
    for (float divisor : divisors) {
      if (!(divisor > 0 && divisor < Float.POSITIVE_INFINITY)) {
        throw new MissingTensorException(
            path(), DIVISORS, "holds " + divisor + ", which no frequency can be divided by");
      }
    }
    return divisors;
  }

  @Override
  public Optional<LoadedTokenizer> tokenizer() throws IOException {
    return TokenizerLoader.load(file);
  }

  @Override
  public Optional<ChatTemplate> chatTemplate() throws IOException {
    return ChatTemplateReader.read(file, tokenizer());
  }

  @Override
  public Optional<String> quantisation() {
    Map<GgufType, Integer> counts = new EnumMap<>(GgufType.class);
    for (String name : file.names()) {
      file.type(name)
          .filter(GgufType::isQuantised)
          .ifPresent(type -> counts.merge(type, 1, Integer::sum));
    }
    String words =
        counts.entrySet().stream()
            .map(count -> count.getValue() + " in " + count.getKey())
            .collect(Collectors.joining(", "));
    return counts.isEmpty()
        ? Optional.empty()
        : Optional.of("%s of %d tensors".formatted(words, file.names().size()));
  }

  @Override
  public WeightNames names(Architecture architecture) throws IOException {
    return GgufConfig.requireFamily(file).names(architecture.names());
  }

  @Override
  public GgufWeights weights(ModelConfig config) throws IOException {
    return new GgufWeights(file, GgufConfig.requireFamily(file).interleaves() ? config : null);
  }

  @Override
  public List<String> leftOut(Architecture architecture, Set<String> unread) throws IOException {
    for (String name : unread) {
      if (!name.equals(DIVISORS) && !name.startsWith("rope_factors_")) {
        throw new MissingTensorException(
            path(),
            name,
            "is no part of a %s model as Limpid knows it".formatted(architecture.modelType()));
      }
    }
    return List.of();
  }
}
