package dev.limpid.tensor.weights;

import dev.limpid.tensor.files.OneLine;
import java.io.IOException;
import java.nio.file.Path;

/** Thrown when a file of a model is damaged; names the path, offset and reason. */
public class MalformedFileException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final long offset;
  private final String reason;

  /**
   * Creates the exception.
   *
   * @param offset where in the file, in bytes
   * @param reason what is wrong, in words
   */
  public MalformedFileException(Path path, long offset, String reason) {
    super(path + ": damaged at byte " + offset + ": " + OneLine.of(reason));
    this.path = path.toString();
    this.offset = offset;
    this.reason = reason;
  }

  /** Returns the file. */
  public Path path() {
    return Path.of(path);
  }

  /** Returns where in the file, in bytes. */
  public long offset() {
    return offset;
  }

  /** Returns what is wrong, in words. */
  public String reason() {
    return reason;
  }
}
