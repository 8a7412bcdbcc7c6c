package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Transcendental functions on vectors, as polynomials: the operators of the Vector API need a
 * native library for these, and are scalar and slow where it is missing.
 *
 * <p>Long polynomials call nothing of ours but {@link #exp}: C2 does not inline methods of ours
 * late in a kernel that has grown large, and makes objects of the vectors passed to them.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the coefficients are given as published
final class VectorMath {
  /** exp of less than this is subnormal. */
  static final float EXP_MIN = -87.33654f;

  private static final float EXP_MAX = 88.37626f;
  private static final float LOG2_E = 1.44269504f;

  /** Adding 1.5 * 2^23 leaves the nearest integer in the low bits of the mantissa. */
  private static final float ROUNDER = 12582912f;

  /** ln 2 = LN2_HIGH + LN2_LOW, where products of LN2_HIGH with small integers are exact. */
  private static final float LN2_HIGH = 0.693359375f;

  private static final float LN2_LOW = -2.12194440e-4f;
  private static final int EXPONENT_BIAS = 127;
  private static final int MANTISSA_BITS = 23;
  private static final float SQRT_HALF = 0.70710678f;

  private VectorMath() {}

  /**
   * Returns e^x to about 1 ulp, for x clamped to [-87.3, 88.3], where the result is normal; NaN
   * gives NaN. Source of the polynomial: Cephes, expf.
   */
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.blend(EXP_MIN, x.compare(VectorOperators.LT, EXP_MIN));
    bounded = bounded.blend(EXP_MAX, x.compare(VectorOperators.GT, EXP_MAX));
    FloatVector rounded = bounded.mul(LOG2_E).add(ROUNDER);
    FloatVector n = rounded.sub(ROUNDER);
    FloatVector r = n.fma(FloatVector.broadcast(FLOATS, -LN2_HIGH), bounded);
    r = n.fma(FloatVector.broadcast(FLOATS, -LN2_LOW), r);
    FloatVector p = FloatVector.broadcast(FLOATS, 1.9875691500e-4f);
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1.3981999507e-3f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 8.3334519073e-3f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 4.1665795894e-2f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 1.6666665459e-1f));
    p = p.fma(r, FloatVector.broadcast(FLOATS, 5.0000001201e-1f));
    p = p.fma(r.mul(r), r).add(1);
    IntVector exponent = rounded.reinterpretAsInts().add(EXPONENT_BIAS);
    return p.mul(exponent.lanewise(VectorOperators.LSHL, MANTISSA_BITS).reinterpretAsFloats());
  }

  /** Returns x / (1 + e^-g), which is x sigmoid(g); 0 where the sigmoid is below 1e-38. */
  static FloatVector gate(FloatVector x, FloatVector g) {
    FloatVector gated = x.div(exp(g.neg()).add(1));
    return gated.blend(0, g.compare(VectorOperators.LT, EXP_MIN));
  }

  /**
   * Returns x Phi(x), which is max(0, x) - |x| Phi(-|x|), to 1e-7. Source of the tail: the
   * Chebyshev fit of erfc in Numerical Recipes (erfcc), good to 1.2e-7 of itself.
   */
  static FloatVector gelu(FloatVector x) {
    FloatVector magnitude = x.reinterpretAsInts().and(Lanes.MAGNITUDE).reinterpretAsFloats();
    FloatVector z = magnitude.mul(SQRT_HALF);
    FloatVector t = FloatVector.broadcast(FLOATS, 1).div(z.mul(0.5f).add(1));
    FloatVector p = FloatVector.broadcast(FLOATS, 0.17087277f);
    p = p.fma(t, FloatVector.broadcast(FLOATS, -0.82215223f));
    p = p.fma(t, FloatVector.broadcast(FLOATS, 1.48851587f));
    p = p.fma(t, FloatVector.broadcast(FLOATS, -1.13520398f));
    p = p.fma(t, FloatVector.broadcast(FLOATS, 0.27886807f));
    p = p.fma(t, FloatVector.broadcast(FLOATS, -0.18628806f));
    p = p.fma(t, FloatVector.broadcast(FLOATS, 0.09678418f));
    p = p.fma(t, FloatVector.broadcast(FLOATS, 0.37409196f));
    p = p.fma(t, FloatVector.broadcast(FLOATS, 1.00002368f));
    p = p.fma(t, FloatVector.broadcast(FLOATS, -1.26551223f));
    FloatVector exponent = p.sub(z.mul(z));
    FloatVector tail = t.mul(0.5f).mul(exp(exponent));
    tail = tail.blend(0, exponent.compare(VectorOperators.LT, EXP_MIN));
    return x.blend(0, x.compare(VectorOperators.LT, 0)).sub(magnitude.mul(tail));
  }

  /** Returns max(0, x); NaN gives NaN. */
  static FloatVector relu(FloatVector x) {
    return x.blend(0, x.compare(VectorOperators.LT, 0));
  }
}
