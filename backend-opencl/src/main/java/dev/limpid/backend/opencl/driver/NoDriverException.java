package dev.limpid.backend.opencl.driver;

/** Thrown when nothing can be called, or nothing is there to be called; says why. */
public final class NoDriverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoDriverException(String message) {
    super(message);
  }
}
