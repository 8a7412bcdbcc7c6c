package dev.limpid.files;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that is written beside the one it is to replace. Whatever happens before that, it is
 * deleted: also where the process is told to end, as by Ctrl-C.
 */
final class AsideFile implements AutoCloseable {
  private final Path target;
  private final Path path;
  private final Thread atEnd = new Thread(this::end, "limpid-aside");
  private boolean ended;

  /** Creates it, empty. */
  AsideFile(Path target) throws IOException {
    this.target = target;
    // Not Files.createTempFile: its file would be readable by the owner only.
    this.path =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      Runtime.getRuntime().addShutdownHook(atEnd);
    } catch (IllegalStateException e) {
      throw new IOException(target + ": not written, the process is ending", e);
    }
    try {
      create();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private synchronized void create() throws IOException {
    requireGoingOn();
    Files.deleteIfExists(path);
    Files.createFile(path);
  }

  Path path() {
    return path;
  }

  /** Puts it in the place of the target, in one step where the file system can. */
  synchronized void replace() throws IOException {
    requireGoingOn();
    try {
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(path, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void requireGoingOn() throws IOException {
    if (ended) {
      throw new IOException(target + ": not written, the process is ending");
    }
  }

  private synchronized void end() {
    ended = true;
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // Nobody is left to be told.
    }
  }

  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(atEnd);
    } catch (IllegalStateException e) {
      return; // the process is ending, and the hook deletes the file
    }
    Files.deleteIfExists(path);
  }
}
