package dev.limpid.model.load;

import dev.limpid.model.Provenance;
import dev.limpid.model.Transformer;
import dev.limpid.model.TransformerWeights;
import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.ops.TensorOps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Opens a model: a folder in Hugging Face layout, config.json and safetensors, or a GGUF file. */
public final class ModelLoader {
  private ModelLoader() {}

  /** Opens a model; see {@link #open(Path, TensorOps, LayerStorage, LoadProgress)}. */
  public static Transformer open(Path path, TensorOps ops) throws IOException {
    return open(path, ops, LoadProgress.NONE);
  }

  /** Opens a model; see {@link #open(Path, TensorOps, LayerStorage, LoadProgress)}. */
  public static Transformer open(Path path, TensorOps ops, LoadProgress progress)
      throws IOException {
    return open(path, ops, LayerStorage.AUTOMATIC, progress);
  }

  /**
   * Opens a model.
   *
   * @param path the folder, or the GGUF file
   * @param ops what it is to run on
   * @param storage whether all layers are kept in memory; {@link TransformerWeights#streamed} tells
   *     what became of {@link LayerStorage#AUTOMATIC}
   * @throws IOException if there is no model of a supported family, or a damaged one: one line that
   *     says where, what, and what is supported
   */
  public static Transformer open(
      Path path, TensorOps ops, LayerStorage storage, LoadProgress progress) throws IOException {
    ModelFiles files = ModelFiles.of(path);
    ModelConfig config = files.config();
    WeightLoading loading = new WeightLoading(files.weights(), config, files.names(), ops);
    TransformerWeights weights = loading.read(storage, progress);
    files.requireNothingMissed(loading.unread());
    return new Transformer(
        config,
        weights,
        ops,
        new Provenance(
            files.name(),
            ops.name() + ": " + ops.description(),
            version(),
            System.getProperty("java.runtime.version")));
  }

  /** Returns the facts of a model, without its weights. */
  public static ModelConfig config(Path path) throws IOException {
    return ModelFiles.of(path).config();
  }

  /** Returns the family of a model. */
  public static Architecture architecture(Path path) throws IOException {
    return ModelFiles.of(path).architecture();
  }

  /** Returns the files that a model's weights lie in. */
  public static List<Path> weightFiles(Path path) throws IOException {
    return ModelFiles.of(path).weights().files();
  }

  private static String version() {
    String version = ModelLoader.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
