package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.FLOATS;
import static dev.limpid.tensor.ops.vector.Lanes.INTS;
import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.ops.vector.BlockPanels.Layout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products of one row with the codes of {@link BlockPanels}: sums[lane] += sum over parts of scale
 * * sum_i x_i code_i[lane]. The scale is multiplied once a part, not once a code.
 *
 * <p>Bytes are extended by their signs. Shorter codes in two's complement are read as if they
 * counted from 0, which flips their highest bits: each is then too large by the same number, and
 * the sum by that number times the sum of x. Bytes would lose precision by that: values of a table
 * that are kept in bytes are small beside 128.
 *
 * <p>The loops are written out for every size of code: shifts by constants are twice as fast as
 * shifts by a number, and what C2 does not inline boxes vectors. For that reason, too, codes with
 * high bits go by four in a turn: with eight, it stops inlining, which costs a factor of ten.
 */
final class BlockDots {
  private static final int WORD = Integer.SIZE;

  private BlockDots() {}

  /**
   * Adds the products with some parts of a panel.
   *
   * @param part inputs in a part
   * @param low codes from {@code lowAt} on, as {@link BlockPanels} has them; so {@code high}
   * @param scales [parts][PANEL]
   * @param x the row, from {@code xAt} on
   * @param ofParts the sums of x over parts, from {@code partAt} on
   * @param sums [PANEL], added to
   */
  static void add(
      Layout layout,
      int part,
      int parts,
      int[] low,
      int lowAt,
      int[] high,
      int highAt,
      float[] scales,
      float[] x,
      int xAt,
      float[] ofParts,
      int partAt,
      float[] sums) {
    if (layout.table().length > 0) {
      table(layout.floats(), part, parts, low, lowAt, scales, x, xAt, sums);
      return;
    }
    int bits = layout.low() + layout.high();
    boolean flipped = layout.signed() && bits < Byte.SIZE;
    int tooLarge = flipped ? 1 << (bits - 1) : 0;
    for (int p = 0; p < parts && tooLarge > 0; p++) {
      addScaled(scales, p * PANEL, -tooLarge * ofParts[partAt + p], sums);
    }
    int flips = flipped ? highestBits(layout.high() > 0 ? layout.high() : bits) : 0;
    for (int half = 0; half < PANEL; half += VL) {
      switch (bits) {
        case 2 -> pairs(flips, part, parts, low, lowAt, scales, half, x, xAt, sums);
        case 4 -> nibbles(flips, part, parts, low, lowAt, scales, half, x, xAt, sums);
        case 5 -> fives(flips, part, parts, low, lowAt, high, highAt, scales, half, x, xAt, sums);
        case 6 -> sixes(flips, part, parts, low, lowAt, high, highAt, scales, half, x, xAt, sums);
        case 8 -> bytes(part, parts, low, lowAt, scales, half, x, xAt, sums);
        default -> throw new IllegalArgumentException("codes of " + bits + " bits");
      }
    }
  }

  /** Takes off the minima of parts [parts][PANEL], each times the sum of x over its part. */
  static void subtractMinima(int parts, float[] minima, float[] ofParts, int partAt, float[] sums) {
    for (int p = 0; p < parts; p++) {
      addScaled(minima, p * PANEL, -ofParts[partAt + p], sums);
    }
  }

  private static void addScaled(float[] x, int at, float scale, float[] sums) {
    for (int half = 0; half < PANEL; half += VL) {
      FloatVector.fromArray(FLOATS, x, at + half)
          .fma(FloatVector.broadcast(FLOATS, scale), FloatVector.fromArray(FLOATS, sums, half))
          .intoArray(sums, half);
    }
  }

  /** Returns a word of which the highest bit of every code is set. */
  private static int highestBits(int bits) {
    int flips = 0;
    for (int up = bits - 1; up < WORD; up += bits) {
      flips |= 1 << up;
    }
    return flips;
  }

  private static void pairs(
      int flips,
      int part,
      int parts,
      int[] words,
      int wordsAt,
      float[] scales,
      int half,
      float[] x,
      int xAt,
      float[] sums) {
    FloatVector sum = FloatVector.fromArray(FLOATS, sums, half);
    int at = wordsAt + half;
    int i = xAt;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int word = 0; word < part; word += 16) {
        IntVector w = IntVector.fromArray(INTS, words, at).lanewise(VectorOperators.XOR, flips);
        at += PANEL;
        for (int end = i + 16; i < end; i += 4) {
          s0 = times(x[i], w.lanewise(VectorOperators.LSHR, 30), s0);
          s1 = times(x[i + 1], w.lanewise(VectorOperators.LSHR, 28).and(3), s1);
          s2 = times(x[i + 2], w.lanewise(VectorOperators.LSHR, 26).and(3), s2);
          s3 = times(x[i + 3], w.lanewise(VectorOperators.LSHR, 24).and(3), s3);
          w = w.lanewise(VectorOperators.LSHL, 8);
        }
      }
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      sum = s0.add(s1).add(s2.add(s3)).fma(scale, sum);
    }
    sum.intoArray(sums, half);
  }

  private static void nibbles(
      int flips,
      int part,
      int parts,
      int[] words,
      int wordsAt,
      float[] scales,
      int half,
      float[] x,
      int xAt,
      float[] sums) {
    FloatVector sum = FloatVector.fromArray(FLOATS, sums, half);
    int at = wordsAt + half;
    int i = xAt;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int end = i + part; i < end; i += 8) {
        IntVector w = IntVector.fromArray(INTS, words, at).lanewise(VectorOperators.XOR, flips);
        at += PANEL;
        s0 = times(x[i], w.lanewise(VectorOperators.LSHR, 28), s0);
        s1 = times(x[i + 1], w.lanewise(VectorOperators.LSHR, 24).and(15), s1);
        s2 = times(x[i + 2], w.lanewise(VectorOperators.LSHR, 20).and(15), s2);
        s3 = times(x[i + 3], w.lanewise(VectorOperators.LSHR, 16).and(15), s3);
        s0 = times(x[i + 4], w.lanewise(VectorOperators.LSHR, 12).and(15), s0);
        s1 = times(x[i + 5], w.lanewise(VectorOperators.LSHR, 8).and(15), s1);
        s2 = times(x[i + 6], w.lanewise(VectorOperators.LSHR, 4).and(15), s2);
        s3 = times(x[i + 7], w.and(15), s3);
      }
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      sum = s0.add(s1).add(s2.add(s3)).fma(scale, sum);
    }
    sum.intoArray(sums, half);
  }

  /** Adds products with codes whose fifth bits are those of one word a part. */
  private static void fives(
      int flips,
      int part,
      int parts,
      int[] low,
      int lowAt,
      int[] high,
      int highAt,
      float[] scales,
      int half,
      float[] x,
      int xAt,
      float[] sums) {
    FloatVector sum = FloatVector.fromArray(FLOATS, sums, half);
    int at = lowAt + half;
    int above = highAt + half;
    int i = xAt;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      IntVector h = IntVector.fromArray(INTS, high, above).lanewise(VectorOperators.XOR, flips);
      above += PANEL;
      for (int word = 0; word < part; word += 8) {
        IntVector w = IntVector.fromArray(INTS, low, at);
        at += PANEL;
        for (int end = i + 8; i < end; i += 4) {
          s0 =
              times(
                  x[i],
                  h.lanewise(VectorOperators.LSHR, 27)
                      .and(16)
                      .or(w.lanewise(VectorOperators.LSHR, 28)),
                  s0);
          s1 =
              times(
                  x[i + 1],
                  h.lanewise(VectorOperators.LSHR, 26)
                      .and(16)
                      .or(w.lanewise(VectorOperators.LSHR, 24).and(15)),
                  s1);
          s2 =
              times(
                  x[i + 2],
                  h.lanewise(VectorOperators.LSHR, 25)
                      .and(16)
                      .or(w.lanewise(VectorOperators.LSHR, 20).and(15)),
                  s2);
          s3 =
              times(
                  x[i + 3],
                  h.lanewise(VectorOperators.LSHR, 24)
                      .and(16)
                      .or(w.lanewise(VectorOperators.LSHR, 16).and(15)),
                  s3);
          w = w.lanewise(VectorOperators.LSHL, 16);
          h = h.lanewise(VectorOperators.LSHL, 4);
        }
      }
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      sum = s0.add(s1).add(s2.add(s3)).fma(scale, sum);
    }
    sum.intoArray(sums, half);
  }

  /** As {@link #fives}, with two high bits. */
  private static void sixes(
      int flips,
      int part,
      int parts,
      int[] low,
      int lowAt,
      int[] high,
      int highAt,
      float[] scales,
      int half,
      float[] x,
      int xAt,
      float[] sums) {
    FloatVector sum = FloatVector.fromArray(FLOATS, sums, half);
    int at = lowAt + half;
    int above = highAt + half;
    int i = xAt;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      IntVector h = IntVector.fromArray(INTS, high, above).lanewise(VectorOperators.XOR, flips);
      above += PANEL;
      for (int word = 0; word < part; word += 8) {
        IntVector w = IntVector.fromArray(INTS, low, at);
        at += PANEL;
        for (int end = i + 8; i < end; i += 4) {
          s0 =
              times(
                  x[i],
                  h.lanewise(VectorOperators.LSHR, 26)
                      .and(48)
                      .or(w.lanewise(VectorOperators.LSHR, 28)),
                  s0);
          s1 =
              times(
                  x[i + 1],
                  h.lanewise(VectorOperators.LSHR, 24)
                      .and(48)
                      .or(w.lanewise(VectorOperators.LSHR, 24).and(15)),
                  s1);
          s2 =
              times(
                  x[i + 2],
                  h.lanewise(VectorOperators.LSHR, 22)
                      .and(48)
                      .or(w.lanewise(VectorOperators.LSHR, 20).and(15)),
                  s2);
          s3 =
              times(
                  x[i + 3],
                  h.lanewise(VectorOperators.LSHR, 20)
                      .and(48)
                      .or(w.lanewise(VectorOperators.LSHR, 16).and(15)),
                  s3);
          w = w.lanewise(VectorOperators.LSHL, 16);
          h = h.lanewise(VectorOperators.LSHL, 8);
        }
      }
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      sum = s0.add(s1).add(s2.add(s3)).fma(scale, sum);
    }
    sum.intoArray(sums, half);
  }

  private static void bytes(
      int part,
      int parts,
      int[] words,
      int wordsAt,
      float[] scales,
      int half,
      float[] x,
      int xAt,
      float[] sums) {
    FloatVector sum = FloatVector.fromArray(FLOATS, sums, half);
    int at = wordsAt + half;
    int i = xAt;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int end = i + part; i < end; i += 4) {
        IntVector w = IntVector.fromArray(INTS, words, at);
        at += PANEL;
        s0 = times(x[i], w.lanewise(VectorOperators.ASHR, 24), s0);
        s1 =
            times(
                x[i + 1],
                w.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24),
                s1);
        s2 =
            times(
                x[i + 2],
                w.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24),
                s2);
        s3 =
            times(
                x[i + 3],
                w.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24),
                s3);
      }
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      sum = s0.add(s1).add(s2.add(s3)).fma(scale, sum);
    }
    sum.intoArray(sums, half);
  }

  /** Codes of 4 bits that are indices into a table of 16 floats. */
  private static void table(
      float[] table,
      int part,
      int parts,
      int[] low,
      int lowAt,
      float[] scales,
      float[] x,
      int xAt,
      float[] sums) {
    for (int half = 0; half < PANEL; half += VL) {
      table(table, part, parts, low, lowAt + half, scales, half, x, xAt, sums);
    }
  }

  private static void table(
      float[] table,
      int part,
      int parts,
      int[] low,
      int lowAt,
      float[] scales,
      int half,
      float[] x,
      int xAt,
      float[] sums) {
    IntVector lower = FloatVector.fromArray(FLOATS, table, 0).reinterpretAsInts();
    IntVector upper = FloatVector.fromArray(FLOATS, table, 16 - VL).reinterpretAsInts();
    FloatVector sum = FloatVector.fromArray(FLOATS, sums, half);
    int at = lowAt;
    int i = xAt;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0;
      for (int word = 0; word < part; word += 8) {
        IntVector w = IntVector.fromArray(INTS, low, at);
        at += PANEL;
        for (int end = i + 8; i < end; i += 2) {
          IntVector code = w.lanewise(VectorOperators.LSHR, 28);
          s0 = FloatVector.broadcast(FLOATS, x[i]).fma(lookUp(code, lower, upper), s0);
          code = w.lanewise(VectorOperators.LSHR, 24).and(15);
          s1 = FloatVector.broadcast(FLOATS, x[i + 1]).fma(lookUp(code, lower, upper), s1);
          w = w.lanewise(VectorOperators.LSHL, 8);
        }
      }
      sum = s0.add(s1).fma(FloatVector.fromArray(FLOATS, scales, p), sum);
    }
    sum.intoArray(sums, half);
  }

  private static FloatVector lookUp(IntVector code, IntVector lower, IntVector upper) {
    IntVector value = code.selectFrom(lower);
    if (VL == 8) {
      value = value.blend(code.selectFrom(upper), code.compare(VectorOperators.GT, 7));
    }
    return value.reinterpretAsFloats();
  }

  /** Returns sum + x code. */
  private static FloatVector times(float x, IntVector code, FloatVector sum) {
    FloatVector number = (FloatVector) code.convert(VectorOperators.I2F, 0);
    return FloatVector.broadcast(FLOATS, x).fma(number, sum);
  }
}
