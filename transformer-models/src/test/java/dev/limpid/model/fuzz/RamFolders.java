package dev.limpid.model.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Folders in memory where the system has a file system there, else on the disk. */
final class RamFolders implements AutoCloseable {
  private final Path otherwise;
  private final List<Path> created = new ArrayList<>();

  RamFolders(Path otherwise) {
    this.otherwise = otherwise;
  }

  Path create(String name) throws IOException {
    Path ram = Path.of("/dev/shm");
    boolean there = Files.isDirectory(ram) && Files.isWritable(ram);
    Path folder = Files.createTempDirectory(there ? ram : otherwise, name);
    created.add(folder);
    return folder;
  }

  @Override
  public void close() throws IOException {
    for (Path folder : created) {
      try (var files = Files.newDirectoryStream(folder)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
      Files.delete(folder);
    }
  }
}
