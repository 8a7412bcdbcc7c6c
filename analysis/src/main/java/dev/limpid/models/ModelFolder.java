package dev.limpid.models;

import dev.limpid.model.load.lora.Adapter;
import dev.limpid.tensor.gguf.GgufFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What makes a folder, or a file, a model, or an adapter of one. */
final class ModelFolder {
  static final String CONFIG = "config.json";

  private ModelFolder() {}

  static boolean holdsModel(Path path) {
    return modelAt(path).isPresent();
  }

  /**
   * Returns the folder or file itself where it is a model or an adapter of one; of a folder that is
   * none by itself the GGUF model in it, if there is just one.
   */
  static Optional<Path> modelAt(Path path) {
    if (GgufFile.isAt(path) || Files.isRegularFile(path.resolve(CONFIG)) || Adapter.isIn(path)) {
      return Optional.of(path);
    }
    List<Path> inside = ggufModelsIn(path);
    return inside.size() == 1 ? Optional.of(inside.getFirst()) : Optional.empty();
  }

  /** Returns the GGUF models in a folder; none where it is not there or not readable. */
  static List<Path> ggufModelsIn(Path folder) {
    try {
      return Files.isDirectory(folder) ? GgufFile.modelsIn(folder) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Returns the folders and GGUF models in a folder, sorted; none where it is not there or not
   * readable.
   */
  static List<Path> in(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> Files.isDirectory(path) || GgufFile.isAt(path))
          .filter(GgufFile::isNoLaterPart)
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
