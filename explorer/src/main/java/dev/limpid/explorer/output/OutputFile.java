package dev.limpid.explorer.output;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes files that are there whole or not at all: the content goes to a file beside the target,
 * which then takes its place in one step.
 */
public final class OutputFile {
  /** Writes the content to the file it is given. */
  public interface FileContent {
    /** Writes it; the file may exist already and is then replaced. */
    void writeTo(Path file) throws IOException;
  }

  /** Writes the content to the stream it is given. */
  public interface StreamContent {
    /** Writes it; the stream is buffered and must not be closed. */
    void writeTo(OutputStream out) throws IOException;
  }

  private OutputFile() {}

  /**
   * Writes a file through a stream.
   *
   * @throws IOException with one line that names the target
   */
  public static void write(Path target, StreamContent content) throws IOException {
    writeFile(
        target,
        file -> {
          try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            content.writeTo(out);
          }
        });
  }

  /**
   * Writes a file, for writers that want a path.
   *
   * @throws IOException with one line that names the target
   */
  public static void writeFile(Path target, FileContent content) throws IOException {
    requireWritable(target);
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      // A device or a pipe cannot be replaced, only written to.
      content.writeTo(target);
      return;
    }
    // A link stays, what it points to is replaced.
    Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
    Path aside = aside(target, real);
    try {
      content.writeTo(aside);
      move(aside, real);
    } catch (FileSystemException e) {
      throw new IOException(target + ": cannot be written: " + reason(e), e);
    } finally {
      Files.deleteIfExists(aside);
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

  private static Path aside(Path target, Path real) throws IOException {
    // Not Files.createTempFile: its file would be readable by the owner only.
    Path aside =
        real.resolveSibling(
            "." + real.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      Files.deleteIfExists(aside);
      return Files.createFile(aside);
    } catch (FileSystemException e) {
      throw new IOException(target + ": cannot be written: " + reason(e), e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String reason(FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e.getReason() == null ? e.toString() : e.getReason();
  }
}
