package dev.limpid.tensor.files;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens the files of a model folder.
 *
 * <p>A pipe would be waited for, a device read for ever, and a link could show any file of this
 * machine as if it came with the model: none of them is read. A link may lead to another file of
 * the same folder, or, in a snapshot of Hugging Face's cache, to that model's blobs
 * (docs/adr/0005-links-stay-in-the-model.md).
 */
public final class ModelFile {
  /** No description of a model or tokenizer comes near; weights are mapped, not read. */
  private static final long LARGEST = 1L << 28;

  private ModelFile() {}

  /**
   * Checks that a file is there to be read and belongs to its folder.
   *
   * @throws UnreadableFileException if not: one line with path and reason
   */
  public static void require(Path file) throws IOException {
    try {
      requireRegular(file);
      requireInside(file);
    } catch (UnreadableFileException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static void requireRegular(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    if (attributes.isDirectory()) {
      throw new UnreadableFileException(file, "is a folder, should be a file");
    }
    if (!attributes.isRegularFile()) {
      throw new UnreadableFileException(file, "is a pipe or a device, should be a file");
    }
  }

  private static void requireInside(Path file) throws IOException {
    if (!Files.isSymbolicLink(file)) {
      return;
    }
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent()).toRealPath();
    Path real = file.toRealPath();
    @Nullable Path blobs = blobs(folder);
    if (!real.startsWith(folder) && (blobs == null || !real.startsWith(blobs))) {
      throw new UnreadableFileException(
          file,
          "is a link out of the model's folder, to "
              + real
              + "; put the file itself there, or link"
              + " the whole folder");
    }
  }

  /** Returns where the files of a snapshot of Hugging Face's cache lie; null for other folders. */
  private static @Nullable Path blobs(Path folder) {
    @Nullable Path snapshots = folder.getParent();
    return snapshots != null && snapshots.endsWith("snapshots")
        ? snapshots.resolveSibling("blobs")
        : null;
  }

  /**
   * Reads a file whole.
   *
   * @throws UnreadableFileException if it cannot be, or is larger than any such file: one line
   */
  public static byte[] read(Path file) throws IOException {
    require(file);
    try {
      long size = Files.size(file);
      if (size > LARGEST) {
        throw new UnreadableFileException(
            file, "has %d bytes, more than any file of this kind".formatted(size));
      }
      return Files.readAllBytes(file);
    } catch (UnreadableFileException e) {
      throw e;
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Reads a file of JSON whole. It has to be UTF-8 without a byte order mark, as everywhere else
   * where such files are read.
   *
   * @throws UnreadableFileException if it cannot be read or is in another encoding: one line
   */
  public static byte[] readJson(Path file) throws IOException {
    byte[] bytes = read(file);
    if (isMarked(bytes)) {
      throw new UnreadableFileException(
          file, "is in UTF-16 or begins with a byte order mark; save it as UTF-8 without one");
    }
    return bytes;
  }

  /** Returns whether JSON begins with a byte order mark, or as UTF-16 and UTF-32 do. */
  public static boolean isMarked(byte[] json) {
    int first = json.length < 2 ? 0 : ((json[0] & 0xff) << 8) | (json[1] & 0xff);
    boolean mark = first == 0xFEFF || first == 0xFFFE || first == 0xEFBB;
    return mark || (json.length >= 2 && (json[0] == 0 || json[1] == 0));
  }

  private static UnreadableFileException unreadable(Path file, IOException e) {
    String reason =
        switch (e) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "permission denied";
          case FileSystemException other when other.getReason() != null -> other.getReason();
          default -> String.valueOf(e.getMessage());
        };
    return new UnreadableFileException(file, "cannot be read: " + reason, e);
  }
}
