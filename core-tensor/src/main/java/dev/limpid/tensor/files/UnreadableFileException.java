package dev.limpid.tensor.files;

import java.io.IOException;
import java.nio.file.Path;

/** Thrown when a file of a model is no file, cannot be read, or must not be; names the path. */
public final class UnreadableFileException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param reason goes on after the path and a colon: "is a folder"
   */
  public UnreadableFileException(Path path, String reason) {
    super(path + ": " + OneLine.of(reason));
  }

  /** Creates the exception for one that the system gave, whose message may lack the path. */
  public UnreadableFileException(Path path, String reason, Exception cause) {
    super(path + ": " + OneLine.of(reason), cause);
  }
}
