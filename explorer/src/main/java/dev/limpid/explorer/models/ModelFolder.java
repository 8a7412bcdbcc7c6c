package dev.limpid.explorer.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What makes a folder a model. */
final class ModelFolder {
  static final String CONFIG = "config.json";

  private ModelFolder() {}

  static boolean holdsModel(Path folder) {
    return Files.isRegularFile(folder.resolve(CONFIG));
  }

  /** Returns the folders in a folder, sorted; none where it is not there or not readable. */
  static List<Path> in(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }
}
