package dev.limpid.tensor.ops;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.Shape;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.BlockFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Deterministic inputs for the tests of operations: views at odd offsets, weights as stored. */
public final class Samples {
  private static final int LEAD = 5;

  /** The ways in which a weight can lie in memory. */
  public enum Storage {
    /** On the heap. */
    HEAP,
    /** F32 in a file. */
    F32,
    /** F16 in a file. */
    F16,
    /** BF16 in a file. */
    BF16
  }

  private final Random random;

  /** Creates a source that gives the same tensors for the same seed. */
  public Samples(long seed) {
    random = new Random(seed);
  }

  /** Returns a heap tensor of zeros that starts in the middle of its array. */
  public static Tensor zeros(int... dims) {
    int size = Math.toIntExact(Shape.of(dims).size());
    return Tensor.zeros(size + 2 * LEAD).rows(LEAD, LEAD + size).reshape(dims);
  }

  /** Returns a heap tensor of normally distributed elements, starting at an odd offset. */
  public Tensor gaussian(int... dims) {
    Tensor x = zeros(dims);
    for (int i = 0; i < x.size(); i++) {
      x.array()[x.offset() + i] = (float) random.nextGaussian();
    }
    return x;
  }

  /** Returns lower triangular probabilities [nHeads, tq, tk], some heads sharply peaked. */
  public Tensor pattern(int nHeads, int tq, int tk) {
    Tensor pattern = zeros(nHeads, tq, tk);
    for (int row = 0; row < nHeads * tq; row++) {
      int seen = row % tq + tk - tq + 1;
      double[] p = new double[seen];
      double sum = 0;
      double sharpness = 4 * random.nextDouble();
      for (int k = 0; k < seen; k++) {
        p[k] = Math.exp(sharpness * random.nextGaussian());
        sum += p[k];
      }
      for (int k = 0; k < seen; k++) {
        pattern.array()[pattern.offset() + row * tk + k] = (float) (p[k] / sum);
      }
    }
    return pattern;
  }

  /** Returns a weight [rows, columns] with small, large and subnormal elements. */
  public Tensor weight(Storage storage, int rows, int columns) {
    Tensor x = gaussian(rows, columns);
    for (int i = 0; i < x.size(); i++) {
      float scale = i % 11 == 3 ? 1e-7f : i % 13 == 5 ? 30 : 0.1f; // 1e-7 is subnormal in F16
      x.array()[x.offset() + i] *= scale;
    }
    return stored(storage, x);
  }

  /** Returns a weight [rows, columns] of blocks with any codes; its elements are about 1. */
  public Tensor blocks(BlockFormat format, int rows, int columns) {
    long bytes = format.bytesOf((long) rows * columns);
    byte[] all = new byte[Math.toIntExact(bytes)];
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
        case IQ4_NL -> putScales(all, at, 0.015);
        case Q8_0 -> putScales(all, at, 0.015);
        case Q4_0, Q5_0 -> putScales(all, at, 0.1);
      }
    }
    // One byte off, as in a file.
    MemorySegment data = Arena.ofAuto().allocate(bytes + 1).asSlice(1);
    MemorySegment.copy(all, 0, data, ValueLayout.JAVA_BYTE, 0, all.length);
    return Tensor.over(data, format, Shape.of(rows, columns));
  }

  private void putScales(byte[] bytes, int at, double... scales) {
    for (int i = 0; i < scales.length; i++) {
      short half = Float.floatToFloat16((float) (scales[i] * (0.5 + random.nextDouble())));
      bytes[at + 2 * i] = (byte) half;
      bytes[at + 2 * i + 1] = (byte) (half >> 8);
    }
  }

  /** Returns a tensor with these elements, rounded to how they are stored. */
  public static Tensor stored(Storage storage, Tensor x) {
    if (storage == Storage.HEAP) {
      return x;
    }
    DType dtype = DType.valueOf(storage.name());
    long bytes = x.size() * dtype.bytes();
    // One byte off: nothing promises that the tensors of a file are aligned.
    MemorySegment data = Arena.ofAuto().allocate(bytes + 1).asSlice(1);
    for (int i = 0; i < x.size(); i++) {
      float value = x.array()[x.offset() + i];
      switch (dtype) {
        case F16 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2L, Float.floatToFloat16(value));
        case BF16 ->
            data.set(
                ValueLayout.JAVA_SHORT_UNALIGNED,
                i * 2L,
                (short) (Float.floatToRawIntBits(value) >>> 16));
        default -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4L, value);
      }
    }
    return Tensor.over(data, dtype, x.shape());
  }
}
