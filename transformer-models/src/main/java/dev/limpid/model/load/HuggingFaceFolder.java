package dev.limpid.model.load;

import dev.limpid.model.chat.ChatTemplate;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.model.load.lora.AdaptedWeights;
import dev.limpid.model.load.lora.Adapter;
import dev.limpid.model.load.lora.BaseNames;
import dev.limpid.model.tokenizer.LoadedTokenizer;
import dev.limpid.model.tokenizer.TokenizerLoader;
import dev.limpid.tensor.safetensors.Checkpoint;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A folder in Hugging Face layout: config.json and safetensors.
 *
 * @param adapter what is added to the weights, from a folder of its own
 */
record HuggingFaceFolder(Path path, ConfigJson json, Optional<Adapter> adapter)
    implements ModelFormat {
  private static final String ADAPTER = "adapter_config.json";

  private static final Pattern IN_LAYER = Pattern.compile("(^|\\.)(h|layers)\\.\\d+\\.");

  /** What is stored of masks and rotations beside the weights, by exact names. */
  private static final Pattern CONSTANT =
      Pattern.compile(
          "\\.\\d+\\.((attn|attn\\.attention|attention)\\.(bias|masked_bias)"
              + "|(self_attn|attention)\\.rotary_emb\\.\\w+)$");

  static HuggingFaceFolder open(Path folder) throws IOException {
    Path path = folder.resolve("config.json");
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no such folder");
    }
    if (!Files.exists(path)) {
      throw new IOException(folder + ": no config.json here; a model folder has one");
    }
    return new HuggingFaceFolder(folder, ConfigJson.read(path), Optional.empty());
  }

  /** Returns the same model with an adapter added. */
  HuggingFaceFolder with(Adapter added) {
    return new HuggingFaceFolder(path, json, Optional.of(added));
  }

  @Override
  public String name() {
    return path.toAbsolutePath().normalize().getFileName().toString();
  }

  @Override
  public String modelType() throws IOException {
    return json.string("model_type", "unknown");
  }

  /** Which tokens end a text, generation_config.json knows best, where there is one. */
  @Override
  public Facts facts() throws IOException {
    Architecture architecture = Architecture.of(json);
    ModelConfig config = architecture.config(json);
    Path generation = path.resolve("generation_config.json");
    if (!Files.exists(generation)) {
      return new Facts(architecture, config);
    }
    List<Integer> eosIds = ConfigJson.read(generation).ids("eos_token_id");
    return new Facts(architecture, eosIds.isEmpty() ? config : config.withEosIds(eosIds));
  }

  /** Adapters that know more tokens than their base bring a tokenizer. */
  @Override
  public Optional<LoadedTokenizer> tokenizer() throws IOException {
    if (adapter.isPresent()) {
      Optional<LoadedTokenizer> own = TokenizerLoader.load(adapter.get().folder());
      if (own.isPresent()) {
        return own;
      }
    }
    return TokenizerLoader.load(path);
  }

  @Override
  public Optional<ChatTemplate> chatTemplate() throws IOException {
    if (adapter.isPresent()) {
      Optional<ChatTemplate> own = ChatTemplateReader.read(adapter.get().folder());
      if (own.isPresent()) {
        return own;
      }
    }
    return ChatTemplateReader.read(path);
  }

  @Override
  public Optional<String> quantisation() {
    return Optional.empty();
  }

  @Override
  public WeightNames names(Architecture architecture) {
    return architecture.names();
  }

  @Override
  public WeightSource weights(ModelConfig config) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(path);
    if (adapter.isEmpty()) {
      return checkpoint;
    }
    BaseNames names = Architecture.of(json).names().ofBase(checkpoint.names(), config.tiedHead());
    return AdaptedWeights.of(checkpoint, adapter.get(), names);
  }

  /** Hugging Face leaves out what a configuration has no use for, and says so; so do we. */
  @Override
  public List<String> leftOut(Architecture architecture, Set<String> unread) {
    List<String> lines = new ArrayList<>();
    List<String> ofLayers =
        unread.stream()
            .filter(name -> IN_LAYER.matcher(name).find() && !CONSTANT.matcher(name).find())
            .toList();
    if (!ofLayers.isEmpty()) {
      lines.add(
          "weights of layers that its config.json has no use for are left out: %s%s"
              .formatted(
                  ofLayers.getFirst(),
                  ofLayers.size() == 1 ? "" : " and %d more".formatted(ofLayers.size() - 1)));
    }
    if (adapter.isEmpty() && Files.exists(path.resolve(ADAPTER))) {
      lines.add("the adapter beside the weights (%s) is not applied".formatted(ADAPTER));
    }
    return lines;
  }
}
