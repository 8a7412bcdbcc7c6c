package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.INTS;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.ops.vector.Scratch.Use;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;

/**
 * Rows turned into columns, as many at a time as a tile or a vector has, by zips.
 *
 * <p>The zip of two vectors has their lanes in turn: a0 b0 a1 b1 and so on. Where row i of n is
 * zipped with row i + n/2 into rows 2i and 2i + 1, every element moves to where it would be with
 * the bits of its number (row, then lane) rotated by one: after log n zips of all rows the column
 * comes first, and the row last. Two or three of them in a row stay in registers. Vectors of eight
 * lanes do it by {@link Exchanges}.
 */
final class Turning {
  private static final IntVector FIRST_HALVES = halves(0);
  private static final IntVector SECOND_HALVES = halves(VL / 2);
  private static final int SQUARE = VL * VL;

  private Turning() {}

  /** Lane i of a, then lane i of b, from {@code first} on: b's lanes count on behind a's. */
  private static IntVector halves(int first) {
    int[] lanes = new int[VL];
    for (int i = 0; i < VL; i++) {
      lanes[i] = first + i / 2 + i % 2 * VL;
    }
    return IntVector.fromArray(INTS, lanes, 0);
  }

  /**
   * Writes rows [rows, stride] of x, transposed, into out [columns][height], with zeros for the
   * rows that are missing.
   */
  static void turn(
      float[] x,
      int at,
      int stride,
      int rows,
      int columns,
      int height,
      float[] out,
      int outAt,
      Scratch scratch) {
    turnInto(x, at, stride, rows, columns, out, outAt, height, scratch);
    for (int r = rows; r < height; r++) {
      for (int o = outAt + r; o < outAt + columns * height; o += height) {
        out[o] = 0;
      }
    }
  }

  /** The same into out [columns], {@code height} apart, with nothing for rows that are missing. */
  static void turnInto(
      float[] x,
      int at,
      int stride,
      int rows,
      int columns,
      float[] out,
      int outAt,
      int height,
      Scratch scratch) {
    int whole = columns - columns % VL;
    int turned = 0;
    if (height % VL == 0) {
      turned = rows - rows % VL;
      for (int r = 0; r < turned; r += VL) {
        squares(x, at + r * stride, stride, whole, out, outAt + r, height, scratch);
      }
    } else if (rows == 8 && height == 8) {
      turned = 8;
      for (int c = 0; c < whole; c += VL) {
        rows8(x, at + c, stride, out, outAt + c * 8, VL);
      }
    } else if (rows == 4 && height == 4 && Exchanges.WORK) {
      turned = 4;
      Exchanges.rows4(x, at, stride, whole / VL, out, outAt);
    } else if (rows == 4 && height == 4) {
      turned = 4;
      for (int c = 0; c < whole; c += VL) {
        rows4(x, at + c, stride, out, outAt + c * 4, VL);
      }
    }
    singly(x, at, stride, 0, turned, whole, columns, height, out, outAt);
    singly(x, at, stride, turned, rows, 0, columns, height, out, outAt);
  }

  /** Turns what is left at the edges. */
  private static void singly(
      float[] x,
      int at,
      int stride,
      int row,
      int rows,
      int column,
      int columns,
      int height,
      float[] out,
      int outAt) {
    for (int r = row; r < rows; r++) {
      int o = outAt + column * height + r;
      for (int i = at + r * stride + column; i < at + r * stride + columns; i++) {
        out[o] = x[i];
        o += height;
      }
    }
  }

  /** Turns as many rows as a vector has lanes, in two steps where that is more than 8. */
  private static void squares(
      float[] x,
      int at,
      int stride,
      int columns,
      float[] out,
      int outAt,
      int outStride,
      Scratch scratch) {
    if (Exchanges.WORK) {
      Exchanges.squares(x, at, stride, columns / VL, out, outAt, outStride);
      return;
    }
    float[] half = scratch.floats(Use.SQUARE, SQUARE);
    for (int c = 0; c < columns; c += VL) {
      int from = at + c;
      int to = outAt + c * outStride;
      switch (VL) {
        case 4 -> rows4(x, from, stride, out, to, outStride);
        case 16 -> {
          for (int i = 0; i < 4; i++) {
            rows4(x, from + i * stride, 4 * stride, half, 4 * i * VL, VL);
          }
          for (int i = 0; i < 4; i++) {
            rows4(half, i * VL, 4 * VL, out, to + 4 * i * outStride, outStride);
          }
        }
        default -> singly(x, from, stride, 0, VL, 0, VL, outStride, out, to);
      }
    }
  }

  /** Zips four rows twice. */
  private static void rows4(float[] x, int at, int stride, float[] out, int outAt, int outStride) {
    IntVector a = row(x, at);
    IntVector b = row(x, at + stride);
    IntVector c = row(x, at + 2 * stride);
    IntVector d = row(x, at + 3 * stride);
    IntVector ac = first(a, c);
    IntVector ca = second(a, c);
    IntVector bd = first(b, d);
    IntVector db = second(b, d);
    write(first(ac, bd), out, outAt);
    write(second(ac, bd), out, outAt + outStride);
    write(first(ca, db), out, outAt + 2 * outStride);
    write(second(ca, db), out, outAt + 3 * outStride);
  }

  /** Zips eight rows three times. */
  private static void rows8(float[] x, int at, int stride, float[] out, int outAt, int outStride) {
    IntVector r0 = row(x, at);
    IntVector r1 = row(x, at + stride);
    IntVector r2 = row(x, at + 2 * stride);
    IntVector r3 = row(x, at + 3 * stride);
    IntVector r4 = row(x, at + 4 * stride);
    IntVector r5 = row(x, at + 5 * stride);
    IntVector r6 = row(x, at + 6 * stride);
    IntVector r7 = row(x, at + 7 * stride);
    IntVector s0 = first(r0, r4);
    IntVector s1 = second(r0, r4);
    IntVector s2 = first(r1, r5);
    IntVector s3 = second(r1, r5);
    IntVector s4 = first(r2, r6);
    IntVector s5 = second(r2, r6);
    IntVector s6 = first(r3, r7);
    IntVector s7 = second(r3, r7);
    r0 = first(s0, s4);
    r1 = second(s0, s4);
    r2 = first(s1, s5);
    r3 = second(s1, s5);
    r4 = first(s2, s6);
    r5 = second(s2, s6);
    r6 = first(s3, s7);
    r7 = second(s3, s7);
    write(first(r0, r4), out, outAt);
    write(second(r0, r4), out, outAt + outStride);
    write(first(r1, r5), out, outAt + 2 * outStride);
    write(second(r1, r5), out, outAt + 3 * outStride);
    write(first(r2, r6), out, outAt + 4 * outStride);
    write(second(r2, r6), out, outAt + 5 * outStride);
    write(first(r3, r7), out, outAt + 6 * outStride);
    write(second(r3, r7), out, outAt + 7 * outStride);
  }

  private static IntVector row(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at).reinterpretAsInts();
  }

  private static void write(IntVector bits, float[] out, int at) {
    bits.reinterpretAsFloats().intoArray(out, at);
  }

  private static IntVector first(Vector<Integer> a, Vector<Integer> b) {
    return FIRST_HALVES.selectFrom(a, b);
  }

  private static IntVector second(Vector<Integer> a, Vector<Integer> b) {
    return SECOND_HALVES.selectFrom(a, b);
  }
}
