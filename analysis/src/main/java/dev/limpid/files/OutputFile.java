package dev.limpid.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes files that are there whole or not at all: the content goes to a file beside the target,
 * which then takes its place in one step.
 */
public final class OutputFile {
  /** Writes the content to the stream it is given. */
  public interface StreamContent {
    /** Writes it; the stream is buffered and must not be closed. */
    void writeTo(OutputStream out) throws IOException;
  }

  private OutputFile() {}

  /**
   * Writes a file.
   *
   * @throws IOException with one line that names the target, if that cannot be written
   */
  public static void write(Path target, StreamContent content) throws IOException {
    requireWritable(target);
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      // A device or a pipe cannot be replaced, only written to.
      fill(target, target, content);
      return;
    }
    // A link stays, what it points to is replaced.
    Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    try (AsideFile aside = new AsideFile(real)) {
      fill(target, aside.path(), content);
      aside.replace();
    } catch (FileSystemException e) {
      throw new IOException(target + ": cannot be written: " + reason(e), e);
    }
  }

  private static void fill(Path target, Path file, StreamContent content) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(new TargetStream(target, Files.newOutputStream(file)))) {
      content.writeTo(out);
    }
  }

  /**
   * Checks that a file could be written there, before hours of work go into its content.
   *
   * @throws IOException with one line that says why not
   */
  public static void requireWritable(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      throw new IOException(target + ": is a folder; give the name of a file");
    }
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new IOException(target + ": cannot be written: there is no folder " + folder);
    }
    if (Files.exists(target) ? !Files.isWritable(target) : !Files.isWritable(folder)) {
      throw new IOException(target + ": cannot be written: permission denied");
    }
  }

  /**
   * Checks that there is room for a file, before hours of work go into its content.
   *
   * @param bytes how large it will be
   * @throws IOException with one line that says how much is missing
   */
  public static void requireRoom(Path target, long bytes) throws IOException {
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      return; // a pipe or a device takes what it takes
    }
    // Written aside first: what it replaces stays until then.
    Path folder = target.toAbsolutePath().getParent();
    long left = Files.getFileStore(folder == null ? target : folder).getUsableSpace();
    if (left < bytes) {
      throw new IOException(
          "%s: would have %d MiB, and its disk has %d MiB left; ask for less, or write to another"
              .formatted(target, bytes >> 20, left >> 20));
    }
  }

  private static String reason(FileSystemException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> "the folder takes no new files";
    };
  }
}
