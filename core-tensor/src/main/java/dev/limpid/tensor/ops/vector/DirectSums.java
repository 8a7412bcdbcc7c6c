package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The sums that {@link DirectProximity} is made of, for one query and a few keys.
 *
 * <p>Vector code that is not yet compiled is a hundred times slower, and a program that explains
 * one prompt would wait for it. So as long as {@link WarmUp} has not had it compiled, the same sums
 * are made one by one, in the same order: with the same bits.
 */
final class DirectSums {
  /** Keys that a query meets at a time: what is asked of y is asked once for them. */
  static final int KEYS = 4;

  private static volatile boolean isWarm;

  private DirectSums() {}

  /** Has the sums made by vectors from now on. */
  static void warm() {
    isWarm = true;
  }

  /**
   * Writes |y|_1 - |y - z|_1 with z = a u for some keys, or 0 where it is negative: with s the
   * signs of y, the sum of s z less two times that of max(0, s z - |y|). So no component of y,
   * which may be a thousand times the others, is lost in a difference.
   *
   * @param a the probabilities of the keys, one after the other
   * @param u the terms of the keys, [keys, n]
   * @param keys how many, 1 to {@link #KEYS}
   */
  static void proximities(
      float[] y,
      int at,
      int n,
      float[] a,
      int aAt,
      float[] u,
      int uAt,
      int keys,
      float[] out,
      int outAt) {
    int end = FLOATS.loopBound(n);
    float[] lanes = new float[KEYS * VL];
    if (isWarm) {
      byVectors(y, at, end, a, aAt, u, uAt, n, keys, lanes);
    } else {
      oneByOne(y, at, end, a, aAt, u, uAt, n, keys, lanes);
    }
    for (int k = 0; k < keys; k++) {
      float sum = sumOfLanes(lanes, k * VL);
      out[outAt + k] = rest(end, sum, y, at, n, a[aAt + k], u, uAt + k * n);
    }
  }

  /**
   * Writes the sums of each lane, [keys, VL].
   *
   * @param n a multiple of the vector's length
   * @param stride from the term of a key to that of the next
   * @param lanes room for {@link #KEYS}: of fewer keys, the last is done several times
   */
  static void byVectors(
      float[] y,
      int at,
      int n,
      float[] a,
      int aAt,
      float[] u,
      int uAt,
      int stride,
      int keys,
      float[] lanes) {
    int last = keys - 1;
    int k1 = Math.min(1, last);
    int k2 = Math.min(2, last);
    sumVectors(
        y,
        at,
        n,
        a[aAt],
        a[aAt + k1],
        a[aAt + k2],
        a[aAt + last],
        u,
        uAt,
        uAt + k1 * stride,
        uAt + k2 * stride,
        uAt + last * stride,
        lanes);
  }

  /**
   * Writes the sums of all lanes for four keys, [4, VL]. Written out, as what it would call might
   * not be inlined.
   */
  private static void sumVectors(
      float[] y,
      int at,
      int n,
      float weight0,
      float weight1,
      float weight2,
      float weight3,
      float[] u,
      int u0,
      int u1,
      int u2,
      int u3,
      float[] lanes) {
    FloatVector a0 = FloatVector.broadcast(FLOATS, weight0);
    FloatVector a1 = FloatVector.broadcast(FLOATS, weight1);
    FloatVector a2 = FloatVector.broadcast(FLOATS, weight2);
    FloatVector a3 = FloatVector.broadcast(FLOATS, weight3);
    FloatVector along0 = FloatVector.zero(FLOATS);
    FloatVector along1 = along0;
    FloatVector along2 = along0;
    FloatVector along3 = along0;
    FloatVector beyond0 = along0;
    FloatVector beyond1 = along0;
    FloatVector beyond2 = along0;
    FloatVector beyond3 = along0;
    for (int i = 0; i < n; i += VL) {
      IntVector whole = FloatVector.fromArray(FLOATS, y, at + i).reinterpretAsInts();
      IntVector sign = whole.and(~Lanes.MAGNITUDE);
      FloatVector less = whole.lanewise(OR, ~Lanes.MAGNITUDE).reinterpretAsFloats(); // -|y|
      IntVector bits0 = FloatVector.fromArray(FLOATS, u, u0 + i).reinterpretAsInts();
      FloatVector s0 = bits0.lanewise(XOR, sign).reinterpretAsFloats();
      along0 = along0.add(s0);
      beyond0 = beyond0.add(s0.fma(a0, less).reinterpretAsInts().max(0).reinterpretAsFloats());
      IntVector bits1 = FloatVector.fromArray(FLOATS, u, u1 + i).reinterpretAsInts();
      FloatVector s1 = bits1.lanewise(XOR, sign).reinterpretAsFloats();
      along1 = along1.add(s1);
      beyond1 = beyond1.add(s1.fma(a1, less).reinterpretAsInts().max(0).reinterpretAsFloats());
      IntVector bits2 = FloatVector.fromArray(FLOATS, u, u2 + i).reinterpretAsInts();
      FloatVector s2 = bits2.lanewise(XOR, sign).reinterpretAsFloats();
      along2 = along2.add(s2);
      beyond2 = beyond2.add(s2.fma(a2, less).reinterpretAsInts().max(0).reinterpretAsFloats());
      IntVector bits3 = FloatVector.fromArray(FLOATS, u, u3 + i).reinterpretAsInts();
      FloatVector s3 = bits3.lanewise(XOR, sign).reinterpretAsFloats();
      along3 = along3.add(s3);
      beyond3 = beyond3.add(s3.fma(a3, less).reinterpretAsInts().max(0).reinterpretAsFloats());
    }
    along0.mul(a0).sub(beyond0.add(beyond0)).intoArray(lanes, 0);
    along1.mul(a1).sub(beyond1.add(beyond1)).intoArray(lanes, VL);
    along2.mul(a2).sub(beyond2.add(beyond2)).intoArray(lanes, 2 * VL);
    along3.mul(a3).sub(beyond3.add(beyond3)).intoArray(lanes, 3 * VL);
  }

  /** Writes what {@link #byVectors} does, with the same bits, without vectors. */
  static void oneByOne(
      float[] y,
      int at,
      int n,
      float[] a,
      int aAt,
      float[] u,
      int uAt,
      int stride,
      int keys,
      float[] lanes) {
    for (int k = 0; k < keys; k++) {
      float weight = a[aAt + k];
      for (int lane = 0; lane < VL; lane++) {
        float along = 0;
        float beyond = 0;
        for (int i = lane; i < n; i += VL) {
          float whole = y[at + i];
          float s = timesSign(u[uAt + k * stride + i], whole);
          along += s;
          beyond += Math.max(0, Math.fma(s, weight, -Math.abs(whole)));
        }
        lanes[k * VL + lane] = along * weight - (beyond + beyond);
      }
    }
  }

  private static float sumOfLanes(float[] lanes, int at) {
    float sum = 0;
    for (int lane = 0; lane < VL; lane++) {
      sum += lanes[at + lane];
    }
    return sum;
  }

  /** Adds what is behind the last whole vector, and clips at 0. */
  private static float rest(
      int from, float sum, float[] y, int at, int n, float a, float[] u, int uAt) {
    float all = sum;
    for (int i = from; i < n; i++) {
      float whole = y[at + i];
      float s = timesSign(u[uAt + i], whole);
      float beyond = Math.max(0, Math.fma(s, a, -Math.abs(whole)));
      all += a * s - (beyond + beyond);
    }
    return Math.max(0, all);
  }

  /** Returns x where y is 0 or positive, else -x. */
  private static float timesSign(float x, float y) {
    int sign = Float.floatToRawIntBits(y) & ~Lanes.MAGNITUDE;
    return Float.intBitsToFloat(Float.floatToRawIntBits(x) ^ sign);
  }
}
