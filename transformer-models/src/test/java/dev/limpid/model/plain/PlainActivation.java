package dev.limpid.model.plain;

import dev.limpid.tensor.ops.Activation;

/** The nonlinearities by their formulas. */
final class PlainActivation {
  private PlainActivation() {}

  static double of(Activation activation, double x) {
    return switch (activation) {
      case RELU -> Math.max(0, x);
      case RELU_SQUARED -> Math.max(0, x) * Math.max(0, x);
      case GELU_ERF -> x / 2 * (1 + erf(x / Math.sqrt(2)));
      case GELU_TANH ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case QUICK_GELU -> x * sigmoid(1.702 * x);
      case SILU -> x * sigmoid(x);
    };
  }

  static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** By its series, which is exact to 1e-9 where it is not 1 already. */
  private static double erf(double x) {
    if (Math.abs(x) > 4) {
      return Math.signum(x);
    }
    double term = x;
    double sum = 0;
    for (int n = 0; n < 200; n++) {
      sum += term / (2 * n + 1);
      term *= -x * x / (n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }
}
