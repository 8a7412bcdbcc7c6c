package dev.limpid.model.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * One damaged folder, made again from its kind, seed and number of damages whenever it is needed.
 *
 * @param mutations how many damages one after the other
 */
record FuzzInput(FuzzKind kind, long seed, int mutations) {

  /** Returns the input of a seed: mostly one damage, seldom more than three. */
  static FuzzInput of(FuzzKind kind, long seed) {
    int[] numbers = {1, 1, 1, 1, 1, 2, 2, 3};
    int mutations = numbers[new SplittableRandom(~seed).nextInt(numbers.length)];
    return new FuzzInput(kind, seed, mutations);
  }

  /** Returns this input with fewer damages. */
  FuzzInput withMutations(int fewer) {
    return new FuzzInput(kind, seed, fewer);
  }

  /** Writes the folder, over what an earlier input left there; returns its size in bytes. */
  long write(Path folder, Map<FuzzKind, List<FuzzSeeds.Folder>> seeds) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    List<FuzzSeeds.Folder> folders = seeds.getOrDefault(kind, List.of());
    Map<String, byte[]> files = folders.get(random.nextInt(folders.size())).files();
    byte[] damaged = Objects.requireNonNull(files.get(kind.file()));
    for (int i = 0; i < mutations; i++) {
      damaged = kind.mutate(damaged, random);
    }
    try (var left = Files.newDirectoryStream(folder)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    long size = damaged.length;
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      boolean isDamaged = file.getKey().equals(kind.file());
      Files.write(folder.resolve(file.getKey()), isDamaged ? damaged : file.getValue());
      size += isDamaged ? 0 : file.getValue().length;
    }
    return size;
  }

  @Override
  public String toString() {
    return kind + " seed " + seed + " with " + mutations + " damages";
  }
}
