package dev.limpid.tensor.spi;

/** Thrown when a backend asked for by name is unknown or cannot run here; says why. */
public final class UnavailableBackendException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnavailableBackendException(String message) {
    super(message);
  }
}
