package dev.limpid.tensor;

/** Thrown when the shapes given to an operation do not fit; names the operation and both shapes. */
public final class ShapeException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message that names operation, argument and values. */
  public ShapeException(String message) {
    super(message);
  }
}
