package dev.limpid.model.load;

import dev.limpid.model.config.ModelConfig;
import dev.limpid.tensor.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** What a model is opened from, in either format: a folder as of Hugging Face, or a GGUF file. */
interface ModelFiles {
  /** Opens a GGUF file where the path is a file, else a folder. */
  static ModelFiles of(Path path) throws IOException {
    return Files.isRegularFile(path) ? GgufModel.open(path) : HuggingFaceFolder.open(path);
  }

  /** Returns the model's name, for people. */
  String name();

  /** Returns the family. */
  Architecture architecture();

  /** Returns the facts of the architecture. */
  ModelConfig config() throws IOException;

  /** Returns what the weights are called. */
  WeightNames names();

  /** Opens the weights. */
  WeightSource weights() throws IOException;

  /**
   * Checks that nothing was left out which counts.
   *
   * @param unread the tensors that no part of the model asked for
   */
  void requireNothingMissed(Set<String> unread) throws IOException;
}
