package dev.limpid.model.load;

import dev.limpid.model.Transformer;
import dev.limpid.tensor.ops.TensorOps;
import java.io.IOException;
import java.nio.file.Path;

/** Opens a model whose files are needed for nothing else; else see {@link ModelFiles}. */
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
   * Opens a model; see {@link ModelFiles#open(TensorOps, LayerStorage, LoadProgress)}.
   *
   * @param path the folder, or the GGUF file
   */
  public static Transformer open(
      Path path, TensorOps ops, LayerStorage storage, LoadProgress progress) throws IOException {
    return ModelFiles.open(path).open(ops, storage, progress);
  }
}
