package dev.limpid.model;

/**
 * Thrown when a state of the forward pass is NaN or infinite: the weights, though finite
 * themselves, are too large to compute with.
 */
public final class NonFiniteStateException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  NonFiniteStateException(String model, String state) {
    super(model + ": " + state + " are NaN or infinite on this prompt: the numbers overflow");
  }
}
