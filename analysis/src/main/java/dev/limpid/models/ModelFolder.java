package dev.limpid.models;

import dev.limpid.model.load.lora.Adapter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What makes a folder, or a file, a model, or an adapter of one. */
final class ModelFolder {
  static final String CONFIG = "config.json";

  private ModelFolder() {}

  static boolean holdsModel(Path folder) {
    return GgufFacts.isGguf(folder)
        || Files.isRegularFile(folder.resolve(CONFIG))
        || Adapter.isIn(folder);
  }

  /**
   * Returns the folders and GGUF files in a folder, sorted; none where it is not there or not
   * readable.
   */
  static List<Path> in(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(path -> Files.isDirectory(path) || GgufFacts.isGguf(path))
          .sorted()
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
