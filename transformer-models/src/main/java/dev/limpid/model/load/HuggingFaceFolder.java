package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.load.families.ConfigJson;
import dev.limpid.tensor.safetensors.Checkpoint;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A folder in Hugging Face layout: config.json and safetensors. */
record HuggingFaceFolder(Path folder, ConfigJson json, Architecture architecture)
    implements ModelFiles {

  static HuggingFaceFolder open(Path folder) throws IOException {
    Path path = folder.resolve("config.json");
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no such folder");
    }
    if (!Files.exists(path)) {
      throw new IOException(folder + ": no config.json here; a model folder has one");
    }
    ConfigJson json = ConfigJson.read(path);
    return new HuggingFaceFolder(folder, json, Architecture.of(json));
  }

  @Override
  public String name() {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  /** Which tokens end a text, generation_config.json knows best, where there is one. */
  @Override
  public ModelConfig config() throws IOException {
    ModelConfig config = architecture.config(json);
    Path generation = folder.resolve("generation_config.json");
    if (!Files.exists(generation)) {
      return config;
    }
    List<Integer> eosIds = ConfigJson.read(generation).ids("eos_token_id");
    return eosIds.isEmpty() ? config : config.withEosIds(eosIds);
  }

  @Override
  public WeightNames names() {
    return architecture.names();
  }

  @Override
  public WeightSource weights() throws IOException {
    return Checkpoint.open(folder);
  }

  /** Checkpoints hold constants beside the weights, and those under names of all kinds. */
  @Override
  public void requireNothingMissed(Set<String> unread) {}
}
