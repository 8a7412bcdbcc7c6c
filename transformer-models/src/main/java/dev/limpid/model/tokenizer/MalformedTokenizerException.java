package dev.limpid.model.tokenizer;

import dev.limpid.tensor.files.OneLine;
import java.io.IOException;
import java.nio.file.Path;

/** Thrown when a tokenizer's file is damaged; names the path and the reason in one line. */
public final class MalformedTokenizerException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String reason;

  /**
   * Creates the exception.
   *
   * @param reason what is wrong, in words, with the place in the file where that is known
   */
  public MalformedTokenizerException(Path path, String reason) {
    super(path + ": damaged: " + OneLine.of(reason));
    this.path = path.toString();
    this.reason = reason;
  }

  /** Returns the file. */
  public Path path() {
    return Path.of(path);
  }

  /** Returns what is wrong, in words. */
  public String reason() {
    return reason;
  }
}
