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
 * Makes floats of the codes and scales of {@link BlockPanels}, with the roundings of the formats'
 * own implementation: out[input][lane] = scale * code - minimum, each product and difference to the
 * nearest float.
 *
 * <p>The first code of a word is on top: it is shifted down, and the word up by one code. One
 * vector of a panel is done after the other, so that its scales stay in registers.
 */
final class BlockWidening {
  /** Whether a table of 16 numbers fits two vectors. */
  static final boolean HAS_TABLES = VL >= 8;

  private static final int WORD = Integer.SIZE;

  private BlockWidening() {}

  /**
   * Writes scales of blocks times the factors of their parts: out[part][PANEL].
   *
   * @param parts of a block
   * @param first the first part, within the first block
   * @param ofBlocks [block][PANEL]
   * @param factors [block][parts / 4][PANEL] from {@code at} on, a signed byte each
   */
  static void factors(
      int parts, int first, int n, float[] ofBlocks, int[] factors, int at, float[] out) {
    for (int i = 0; i < n; i++) {
      int part = first + i;
      int word = at + part / 4 * PANEL;
      int block = part / parts * PANEL;
      int up = WORD - Byte.SIZE - part % 4 * Byte.SIZE;
      for (int half = 0; half < PANEL; half += VL) {
        IntVector factor =
            IntVector.fromArray(INTS, factors, word + half)
                .lanewise(VectorOperators.LSHL, up)
                .lanewise(VectorOperators.ASHR, WORD - Byte.SIZE);
        FloatVector.fromArray(FLOATS, ofBlocks, block + half)
            .mul(factor.convert(VectorOperators.I2F, 0))
            .intoArray(out, i * PANEL + half);
      }
    }
  }

  /** Widens codes that count from 0, with a minimum. */
  static void unsigned(
      Layout layout,
      int part,
      int parts,
      int[] low,
      int lowAt,
      int[] high,
      int highAt,
      float[] scales,
      float[] minima,
      float[] out) {
    for (int half = 0; half < PANEL; half += VL) {
      if (layout.high() == 0) {
        unsigned(layout.low(), part, parts, low, lowAt + half, scales, minima, half, out);
      } else {
        unsigned(
            layout.low(),
            layout.high(),
            part,
            parts,
            low,
            lowAt + half,
            high,
            highAt + half,
            scales,
            minima,
            half,
            out);
      }
    }
  }

  private static void unsigned(
      int bits,
      int part,
      int parts,
      int[] low,
      int lowAt,
      float[] scales,
      float[] minima,
      int half,
      float[] out) {
    int down = WORD - bits;
    int each = WORD / bits;
    int words = part / each;
    int at = lowAt;
    int to = half;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      FloatVector minimum = FloatVector.fromArray(FLOATS, minima, p);
      for (int k = 0; k < words; k++) {
        IntVector word = IntVector.fromArray(INTS, low, at);
        at += PANEL;
        for (int i = 0; i < each; i++) {
          IntVector code = word.lanewise(VectorOperators.LSHR, down);
          word = word.lanewise(VectorOperators.LSHL, bits);
          scale.mul(code.convert(VectorOperators.I2F, 0)).sub(minimum).intoArray(out, to);
          to += PANEL;
        }
      }
    }
  }

  private static void unsigned(
      int bits,
      int highBits,
      int part,
      int parts,
      int[] low,
      int lowAt,
      int[] high,
      int highAt,
      float[] scales,
      float[] minima,
      int half,
      float[] out) {
    int down = WORD - bits;
    int highDown = WORD - highBits - bits;
    int highMask = ((1 << highBits) - 1) << bits;
    int each = WORD / bits;
    int words = part / each;
    int at = lowAt;
    int highNow = highAt;
    int to = half;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      FloatVector minimum = FloatVector.fromArray(FLOATS, minima, p);
      IntVector above = IntVector.fromArray(INTS, high, highNow);
      highNow += PANEL;
      for (int k = 0; k < words; k++) {
        IntVector word = IntVector.fromArray(INTS, low, at);
        at += PANEL;
        for (int i = 0; i < each; i++) {
          IntVector code =
              above
                  .lanewise(VectorOperators.LSHR, highDown)
                  .and(highMask)
                  .or(word.lanewise(VectorOperators.LSHR, down));
          word = word.lanewise(VectorOperators.LSHL, bits);
          above = above.lanewise(VectorOperators.LSHL, highBits);
          scale.mul(code.convert(VectorOperators.I2F, 0)).sub(minimum).intoArray(out, to);
          to += PANEL;
        }
      }
    }
  }

  /** Widens codes in two's complement. */
  static void signed(
      Layout layout,
      int part,
      int parts,
      int[] low,
      int lowAt,
      int[] high,
      int highAt,
      float[] scales,
      float[] out) {
    for (int half = 0; half < PANEL; half += VL) {
      if (layout.high() == 0) {
        signed(layout.low(), part, parts, low, lowAt + half, scales, half, out);
      } else {
        signed(
            layout.low(),
            layout.high(),
            part,
            parts,
            low,
            lowAt + half,
            high,
            highAt + half,
            scales,
            half,
            out);
      }
    }
  }

  private static void signed(
      int bits, int part, int parts, int[] low, int lowAt, float[] scales, int half, float[] out) {
    int down = WORD - bits;
    int each = WORD / bits;
    int words = part / each;
    int at = lowAt;
    int to = half;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      for (int k = 0; k < words; k++) {
        IntVector word = IntVector.fromArray(INTS, low, at);
        at += PANEL;
        for (int i = 0; i < each; i++) {
          IntVector code = word.lanewise(VectorOperators.ASHR, down);
          word = word.lanewise(VectorOperators.LSHL, bits);
          scale.mul(code.convert(VectorOperators.I2F, 0)).intoArray(out, to);
          to += PANEL;
        }
      }
    }
  }

  private static void signed(
      int bits,
      int highBits,
      int part,
      int parts,
      int[] low,
      int lowAt,
      int[] high,
      int highAt,
      float[] scales,
      int half,
      float[] out) {
    int down = WORD - bits;
    int highDown = WORD - highBits;
    int each = WORD / bits;
    int words = part / each;
    int at = lowAt;
    int highNow = highAt;
    int to = half;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      IntVector above = IntVector.fromArray(INTS, high, highNow);
      highNow += PANEL;
      for (int k = 0; k < words; k++) {
        IntVector word = IntVector.fromArray(INTS, low, at);
        at += PANEL;
        for (int i = 0; i < each; i++) {
          IntVector code =
              above
                  .lanewise(VectorOperators.ASHR, highDown)
                  .lanewise(VectorOperators.LSHL, bits)
                  .or(word.lanewise(VectorOperators.LSHR, down));
          word = word.lanewise(VectorOperators.LSHL, bits);
          above = above.lanewise(VectorOperators.LSHL, highBits);
          scale.mul(code.convert(VectorOperators.I2F, 0)).intoArray(out, to);
          to += PANEL;
        }
      }
    }
  }

  /**
   * Widens codes of 4 bits that are indices into a table.
   *
   * @param table 16 values
   */
  static void table(
      int[] table, int part, int parts, int[] low, int lowAt, float[] scales, float[] out) {
    for (int half = 0; half < PANEL; half += VL) {
      table(table, part, parts, low, lowAt + half, scales, half, out);
    }
  }

  private static void table(
      int[] table,
      int part,
      int parts,
      int[] low,
      int lowAt,
      float[] scales,
      int half,
      float[] out) {
    IntVector lower = IntVector.fromArray(INTS, table, 0);
    IntVector upper = IntVector.fromArray(INTS, table, 16 - VL);
    int words = part / 8;
    int at = lowAt;
    int to = half;
    for (int p = half; p < parts * PANEL; p += PANEL) {
      FloatVector scale = FloatVector.fromArray(FLOATS, scales, p);
      for (int k = 0; k < words; k++) {
        IntVector word = IntVector.fromArray(INTS, low, at);
        at += PANEL;
        for (int i = 0; i < 8; i++) {
          IntVector code = word.lanewise(VectorOperators.LSHR, WORD - 4);
          word = word.lanewise(VectorOperators.LSHL, 4);
          IntVector value = code.selectFrom(lower);
          if (VL == 8) {
            value = value.blend(code.selectFrom(upper), code.compare(VectorOperators.GT, 7));
          }
          scale.mul(value.convert(VectorOperators.I2F, 0)).intoArray(out, to);
          to += PANEL;
        }
      }
    }
  }
}
