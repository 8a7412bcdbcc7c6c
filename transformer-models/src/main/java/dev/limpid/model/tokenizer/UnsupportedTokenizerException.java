package dev.limpid.model.tokenizer;

import dev.limpid.tensor.files.OneLine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Thrown when a tokenizer needs a step that Limpid does not have; names the path and the step.
 *
 * <p>Leaving a step out would give other ids than the model was trained with, silently.
 */
public final class UnsupportedTokenizerException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final String step;

  /**
   * Creates the exception.
   *
   * @param step where in the file the step is and what it is called
   */
  public UnsupportedTokenizerException(Path path, String step) {
    super(path + ": not supported: " + OneLine.of(step));
    this.path = path.toString();
    this.step = step;
  }

  /**
   * Creates the exception for a value that is understood but not supported.
   *
   * @param step where in the file the step is and what it is called
   * @param supported what is, in words of our own
   */
  public UnsupportedTokenizerException(Path path, String step, String supported) {
    super("%s: not supported: %s; supported: %s".formatted(path, OneLine.of(step), supported));
    this.path = path.toString();
    this.step = step;
  }

  /** Returns the file. */
  public Path path() {
    return Path.of(path);
  }

  /** Returns the step. */
  public String step() {
    return step;
  }
}
