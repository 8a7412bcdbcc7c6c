package dev.limpid.model.load;

import dev.limpid.model.Transformer;
import dev.limpid.model.config.ConfigJson;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.model.trace.Provenance;
import dev.limpid.tensor.ops.TensorOps;
import dev.limpid.tensor.safetensors.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Opens a model from a folder in Hugging Face layout: config.json and safetensors. */
public final class ModelLoader {
  private ModelLoader() {}

  /** Opens a model; see {@link #open(Path, TensorOps, LoadProgress)}. */
  public static Transformer open(Path folder, TensorOps ops) throws IOException {
    return open(folder, ops, LoadProgress.NONE);
  }

  /**
   * Opens a model.
   *
   * @param ops what it is to run on
   * @throws IOException if the folder holds no model of a supported family, or a damaged one: one
   *     line that says where, what, and what is supported
   */
  public static Transformer open(Path folder, TensorOps ops, LoadProgress progress)
      throws IOException {
    ConfigJson json = configJson(folder);
    Architecture architecture = Architecture.of(json);
    ModelConfig config = config(folder, json);
    Checkpoint checkpoint = Checkpoint.open(folder);
    WeightReader reader = new WeightReader(checkpoint, config, architecture.names(), ops);
    return new Transformer(
        config,
        reader.read(progress),
        ops,
        new Provenance(
            folder.toAbsolutePath().normalize().getFileName().toString(),
            ops.name() + ": " + ops.description(),
            version(),
            System.getProperty("java.runtime.version")));
  }

  /** Returns the facts of the model in a folder, without its weights. */
  public static ModelConfig config(Path folder) throws IOException {
    return config(folder, configJson(folder));
  }

  /** Which tokens end a text, generation_config.json knows best, where there is one. */
  private static ModelConfig config(Path folder, ConfigJson json) throws IOException {
    ModelConfig config = Architecture.of(json).config(json);
    Path generation = folder.resolve("generation_config.json");
    if (!Files.exists(generation)) {
      return config;
    }
    List<Integer> eosIds = ConfigJson.read(generation).ids("eos_token_id");
    return eosIds.isEmpty() ? config : config.withEosIds(eosIds);
  }

  /** Returns the family of the model in a folder. */
  public static Architecture architecture(Path folder) throws IOException {
    return Architecture.of(configJson(folder));
  }

  private static ConfigJson configJson(Path folder) throws IOException {
    Path path = folder.resolve("config.json");
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + ": no such folder");
    }
    if (!Files.exists(path)) {
      throw new IOException(folder + ": no config.json here; a model folder has one");
    }
    return ConfigJson.read(path);
  }

  private static String version() {
    String version = ModelLoader.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
