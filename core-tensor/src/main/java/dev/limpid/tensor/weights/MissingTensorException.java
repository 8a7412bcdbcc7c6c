package dev.limpid.tensor.weights;

import dev.limpid.tensor.files.OneLine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Thrown when the files of a model do not hold a tensor as it was asked for; names file and tensor.
 */
public final class MissingTensorException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param reason goes on after the tensor's name: "is not in the file"
   */
  public MissingTensorException(Path path, String name, String reason) {
    super(path + ": tensor '" + OneLine.of(name) + "' " + OneLine.of(reason));
  }
}
