package dev.limpid.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The cache of Hugging Face's Python libraries, read only: {@code models--org--name/refs/main}
 * holds a commit, {@code snapshots/<commit>/} the files.
 */
final class HubCache {
  private static final String PREFIX = "models--";

  private final Path root;

  HubCache(Path root) {
    this.root = root;
  }

  /** Returns the folder a model of that name would have. */
  Path folderOf(String name) {
    return root.resolve(PREFIX + name.replace("/", "--"));
  }

  /** Returns the snapshot of a model, by the name it has on the hub. */
  Optional<Path> find(String name) {
    return snapshot(folderOf(name));
  }

  /** Returns all models that have a configuration and weights. */
  List<ModelLocation> all() {
    return ModelFolder.in(root).stream()
        .filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
        .flatMap(folder -> snapshot(folder).map(path -> location(folder, path)).stream())
        .toList();
  }

  private static ModelLocation location(Path folder, Path snapshot) {
    String name =
        folder.getFileName().toString().substring(PREFIX.length()).replaceFirst("--", "/");
    Path model = ModelFolder.modelAt(snapshot).orElse(snapshot);
    return new ModelLocation(name, model, ModelLocation.Origin.HUB_CACHE);
  }

  private static Optional<Path> snapshot(Path folder) {
    Path snapshots = folder.resolve("snapshots");
    Path main = folder.resolve("refs").resolve("main");
    if (Files.isRegularFile(main)) {
      try {
        String commit = Files.readString(main).strip();
        Path named = snapshots.resolve(commit);
        if (commit.matches("\\w+") && ModelFolder.holdsModel(named)) {
          return Optional.of(named);
        }
      } catch (IOException e) {
        // Then any snapshot will do.
      }
    }
    // Downloads of a fixed revision leave no refs/main.
    List<Path> whole = ModelFolder.in(snapshots).stream().filter(ModelFolder::holdsModel).toList();
    return whole.size() == 1 ? Optional.of(whole.getFirst()) : Optional.empty();
  }
}
