package dev.limpid.tensor.gguf;

import dev.limpid.tensor.weights.MalformedFileException;
import java.nio.file.Path;

/** Thrown when a GGUF file is damaged. */
public final class MalformedGgufException extends MalformedFileException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception for a byte of the file, and what is wrong there in words. */
  public MalformedGgufException(Path path, long offset, String reason) {
    super(path, offset, reason);
  }
}
