package dev.limpid;

import dev.limpid.models.FileHashes;
import dev.limpid.models.FileStamp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The SHA-256 of the files of a model's weights, read by the first who asks: to look at an answer,
 * nobody has to. Two are equal if they are of the same files.
 */
final class WeightsHash implements Supplier<String> {
  private final List<FileStamp> files;
  private final FileHashes hashes;
  private final Progress progress;
  private @Nullable String known;

  /**
   * Takes files.
   *
   * @param files as they were when the weights were opened
   * @param progress hears of the MiB that are read
   */
  WeightsHash(List<FileStamp> files, FileHashes hashes, Progress progress) {
    this.files = files;
    this.hashes = hashes;
    this.progress = progress;
  }

  /**
   * Returns it.
   *
   * @throws IOException if they cannot be read, or were changed since
   */
  synchronized String sha256() throws IOException {
    if (known == null) {
      int all = mebibytes(files.stream().mapToLong(FileStamp::bytes).sum());
      known =
          hashes.sha256(files, bytes -> progress.done(Progress.Phase.HASH, mebibytes(bytes), all));
    }
    return known;
  }

  private static int mebibytes(long bytes) {
    return (int) Math.ceilDiv(bytes, 1 << 20);
  }

  @Override
  public String get() {
    try {
      return sha256();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WeightsHash hash && hash.files.equals(files);
  }

  @Override
  public int hashCode() {
    return files.hashCode();
  }
}
