package dev.limpid.tensor.spi;

/** Thrown when a backend asked for by name is unknown or cannot run here as asked; says why. */
public final class UnavailableBackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names the backend and says what to do. */
  public UnavailableBackendException(String message) {
    super(message);
  }
}
