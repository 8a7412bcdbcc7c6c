package dev.limpid.tensor.ops;

/** How steep an activation f is said to be at x; see {@link TensorOps#slope}. */
public enum Slope {
  /** f'(x); of {@link Activation#RELU}, which has none at 0, 0 there. */
  TANGENT,
  /** f(x) / x, the slope of the line from the origin; at 0 its limit, f'(0). */
  SECANT
}
