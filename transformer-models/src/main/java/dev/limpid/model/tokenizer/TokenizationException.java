package dev.limpid.model.tokenizer;

import dev.limpid.tensor.files.OneLine;
import java.nio.file.Path;

/**
 * Thrown when a tokenizer whose files could be read fails on a text: it lacks a token it needs, or
 * one of its rules would take too long or too much memory.
 */
public final class TokenizationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TokenizationException(String reason) {
    super(OneLine.of(reason));
  }

  private TokenizationException(String message, TokenizationException cause) {
    super(message, cause);
  }

  /** Returns this exception with the file the tokenizer was read from in front. */
  TokenizationException in(Path source) {
    return new TokenizationException(source + ": " + getMessage(), this);
  }
}
