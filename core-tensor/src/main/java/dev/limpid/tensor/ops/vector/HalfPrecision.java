package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.DType;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** Turns the halves of {@link Panels} into floats, exactly. */
final class HalfPrecision {
  /** Sign, and the exponent and mantissa of an F16 number moved to where F32 has them. */
  private static final int F16_FIELDS = 0x8fffe000;

  /** Difference of the exponent biases, 127 - 15: right for subnormal numbers too. */
  private static final float F16_SCALE = 0x1p112f;

  private HalfPrecision() {}

  /** Writes n inputs of a panel, from {@code at} on, into out [n][PANEL]. */
  static void decode(DType dtype, float[] halves, int at, int n, float[] out, int outAt) {
    if (dtype == DType.BF16) {
      decodeBf16(halves, at, n, out, outAt);
    } else {
      decodeF16(halves, at, n, out, outAt);
    }
  }

  private static void decodeBf16(float[] halves, int at, int n, float[] out, int outAt) {
    for (int i = 0; i < n; i++) {
      IntVector pairs = pairs(halves, at + i * VL);
      lowBf16(pairs).intoArray(out, outAt + i * PANEL);
      highBf16(pairs).intoArray(out, outAt + i * PANEL + VL);
    }
  }

  private static void decodeF16(float[] halves, int at, int n, float[] out, int outAt) {
    for (int i = 0; i < n; i++) {
      IntVector pairs = pairs(halves, at + i * VL);
      lowF16(pairs).intoArray(out, outAt + i * PANEL);
      highF16(pairs).intoArray(out, outAt + i * PANEL + VL);
    }
  }

  /**
   * Decodes halves that were turned over, [VL][PANEL]: the low elements to the first rows of out
   * [rows][PANEL], the high ones to those behind.
   */
  static void decodeTurned(DType dtype, float[] bits, int rows, float[] out, int at) {
    int low = Math.min(rows, VL) * PANEL;
    int high = (rows - VL) * PANEL;
    int highAt = at + VL * PANEL;
    if (dtype == DType.BF16) {
      for (int i = 0; i < low; i += VL) {
        lowBf16(pairs(bits, i)).intoArray(out, at + i);
      }
      for (int i = 0; i < high; i += VL) {
        highBf16(pairs(bits, i)).intoArray(out, highAt + i);
      }
    } else {
      for (int i = 0; i < low; i += VL) {
        lowF16(pairs(bits, i)).intoArray(out, at + i);
      }
      for (int i = 0; i < high; i += VL) {
        highF16(pairs(bits, i)).intoArray(out, highAt + i);
      }
    }
  }

  /** Returns the bits of two elements in each lane. */
  static IntVector pairs(float[] bits, int at) {
    return FloatVector.fromArray(FLOATS, bits, at).reinterpretAsInts();
  }

  static FloatVector lowBf16(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  static FloatVector highBf16(IntVector pairs) {
    return pairs.and(0xffff0000).reinterpretAsFloats();
  }

  /** Not for infinities and NaN, which F16 weights do not have. */
  static FloatVector lowF16(IntVector pairs) {
    return highF16(pairs.lanewise(VectorOperators.LSHL, 16));
  }

  static FloatVector highF16(IntVector pairs) {
    return pairs
        .lanewise(VectorOperators.ASHR, 3)
        .and(F16_FIELDS)
        .reinterpretAsFloats()
        .mul(F16_SCALE);
  }
}
