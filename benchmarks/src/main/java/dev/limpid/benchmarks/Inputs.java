package dev.limpid.benchmarks;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.BlockFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Deterministic operands of realistic magnitude. */
final class Inputs {
  private final Random random = new Random(42);

  /** Returns a heap tensor of normally distributed elements times {@code scale}. */
  Tensor gaussian(float scale, int... dims) {
    Tensor x = Tensor.zeros(dims);
    for (int i = 0; i < x.array().length; i++) {
      x.array()[i] = scale * (float) random.nextGaussian();
    }
    return x;
  }

  /** Returns a weight [out, in] as a checkpoint of that type holds it. */
  Tensor weight(DType dtype, int outputs, int inputs) {
    Tensor x = gaussian((float) (1 / Math.sqrt(inputs)), outputs, inputs);
    if (dtype == DType.F32) {
      return x;
    }
    MemorySegment bits = Arena.ofAuto().allocate(x.size() * 2, 2);
    for (int i = 0; i < x.array().length; i++) {
      float value = x.array()[i];
      short half =
          dtype == DType.F16
              ? Float.floatToFloat16(value)
              : (short) (Float.floatToRawIntBits(value) >>> 16);
      bits.setAtIndex(ValueLayout.JAVA_SHORT, i, half);
    }
    return Tensor.over(bits, dtype, x.shape());
  }

  /** Returns a weight [out, in] of blocks with any codes, whose elements are about 1. */
  Tensor blocks(BlockFormat format, int outputs, int inputs) {
    byte[] all = new byte[Math.toIntExact(format.bytesOf((long) outputs * inputs))];
    random.nextBytes(all);
    for (int at = 0; at < all.length; at += format.bytes()) {
      switch (format) {
        case MXFP4 -> all[at] = (byte) (126 + random.nextInt(3));
        case Q2_K -> putScales(all, at + 80, 0.05, 0.05);
        case Q3_K -> putScales(all, at + 108, 0.02);
        case Q6_K -> putScales(all, at + 208, 0.0007);
        case Q4_K -> putScales(all, at, 0.004, 0.03);
        case Q5_K -> putScales(all, at, 0.002, 0.03);
        case Q4_1 -> putScales(all, at, 0.2, -1.5);
        case Q5_1 -> putScales(all, at, 0.1, -1.5);
        case IQ4_XS -> putScales(all, at, 0.0008);
        case IQ4_NL, Q8_0 -> putScales(all, at, 0.015);
        case Q4_0, Q5_0 -> putScales(all, at, 0.1);
      }
    }
    MemorySegment data = Arena.ofAuto().allocate(all.length);
    MemorySegment.copy(all, 0, data, ValueLayout.JAVA_BYTE, 0, all.length);
    return Tensor.over(data, format, Shape.of(outputs, inputs));
  }

  private void putScales(byte[] bytes, int at, double... scales) {
    for (int i = 0; i < scales.length; i++) {
      short half = Float.floatToFloat16((float) (scales[i] * (0.5 + random.nextDouble())));
      bytes[at + 2 * i] = (byte) half;
      bytes[at + 2 * i + 1] = (byte) (half >> 8);
    }
  }

  /** Returns attention probabilities [nHeads, t, t] that look mostly at the first key. */
  Tensor pattern(int nHeads, int t) {
    Tensor pattern = Tensor.zeros(nHeads, t, t);
    for (int row = 0; row < nHeads * t; row++) {
      double sum = 0;
      int seen = row % t + 1;
      double[] e = new double[seen];
      for (int k = 0; k < seen; k++) {
        e[k] = Math.exp(2 * random.nextGaussian() + (k == 0 ? 5 : 0));
        sum += e[k];
      }
      for (int k = 0; k < seen; k++) {
        pattern.array()[row * t + k] = (float) (e[k] / sum);
      }
    }
    return pattern;
  }

  /** Returns the largest absolute value of a result. */
  static float largest(Tensor x) {
    float largest = 0;
    for (float value : x.toFloats()) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Fails if two results differ by more than {@code tolerance}; a benchmark times no wrong one. */
  static void requireClose(Tensor expected, Tensor actual, double tolerance) {
    float[] a = expected.toFloats();
    float[] b = actual.toFloats();
    for (int i = 0; i < a.length; i++) {
      if (!(Math.abs(a[i] - b[i]) <= tolerance)) {
        throw new IllegalStateException(
            "element %d of %s is %s, the reference says %s"
                .formatted(i, actual.shape(), b[i], a[i]));
      }
    }
  }
}
