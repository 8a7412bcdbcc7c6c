package dev.limpid.tensor.safetensors;

import dev.limpid.tensor.weights.MalformedFileException;
import java.nio.file.Path;

/** Thrown when a safetensors file or its index is damaged. */
public final class MalformedSafetensorsException extends MalformedFileException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception for a byte of the file, and what is wrong there in words. */
  public MalformedSafetensorsException(Path path, long offset, String reason) {
    super(path, offset, reason);
  }
}
