package dev.limpid.model.config;

import dev.limpid.tensor.files.OneLine;
import java.io.IOException;
import java.nio.file.Path;

/** Thrown when a config.json cannot be read or describes a model that is not supported. */
public final class ModelConfigException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param path the file
   * @param reason what is wrong and what is supported, in words
   */
  public ModelConfigException(Path path, String reason) {
    super(path + ": " + OneLine.of(reason));
  }
}
