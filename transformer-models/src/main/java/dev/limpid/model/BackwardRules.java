package dev.limpid.model;

import dev.limpid.tensor.ops.Slope;

/**
 * How a backward pass goes through what is not linear.
 *
 * <p>{@link #EXACT} gives gradients. The others replace a derivative here and there, and are
 * otherwise the same pass.
 *
 * @param normsFrozen whether what a norm divides by counts as a constant, in all norms
 * @param values what the gradient of the values is multiplied with
 * @param scores what the gradient of the products of queries and keys is multiplied with
 * @param slope how steep the activations are said to be
 * @param gate what the gradients of both factors of a gated MLP are multiplied with
 */
public record BackwardRules(
    boolean normsFrozen, float values, float scores, Slope slope, float gate) {

  /** Derivatives, all of them. */
  public static final BackwardRules EXACT = new BackwardRules(false, 1, 1, Slope.TANGENT, 1);

  /** Derivatives of a model whose attention patterns stay as they are. */
  public static final BackwardRules PATTERNS_FROZEN =
      new BackwardRules(false, 1, 0, Slope.TANGENT, 1);

  /**
   * Returns the rules of relevance, by which every nonlinearity hands on what it was given in equal
   * parts: norms are frozen, an activation is as steep as f(x)/x, a product of gate and up gives
   * half to each, and attention gives alpha to its patterns and the rest to its values. With alpha
   * = 0 and no biases, what arrives at the tokens sums to the number that was asked about.
   *
   * @param alpha from 0 to 1; 0.2 recovers answers best
   */
  public static BackwardRules relevance(double alpha) {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha is " + alpha + ", should be from 0 to 1");
    }
    return new BackwardRules(true, (float) (1 - alpha), (float) alpha, Slope.SECANT, 0.5f);
  }
}
