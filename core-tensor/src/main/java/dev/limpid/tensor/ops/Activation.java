package dev.limpid.tensor.ops;

/** The nonlinearities of transformer MLPs, each by its formula. */
public enum Activation {
  /** max(0, x). */
  RELU,
  /** max(0, x)^2. */
  RELU_SQUARED,
  /** x Phi(x) with the exact error function. */
  GELU_ERF,
  /** x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), the form GPT-2 was trained with. */
  GELU_TANH,
  /** x sigmoid(1.702 x). */
  QUICK_GELU,
  /** x sigmoid(x). */
  SILU
}
