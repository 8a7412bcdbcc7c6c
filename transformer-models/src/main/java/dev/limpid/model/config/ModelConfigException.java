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

  /**
   * Creates the exception for a value that is understood but not supported.
   *
   * @param path the file
   * @param what is not supported, as the file has it
   * @param supported what is, in words of our own
   */
  public ModelConfigException(Path path, String what, String supported) {
    super("%s: %s is not supported; supported: %s".formatted(path, OneLine.of(what), supported));
  }
}
