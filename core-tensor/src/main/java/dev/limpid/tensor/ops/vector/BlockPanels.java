package dev.limpid.tensor.ops.vector;

import static dev.limpid.tensor.ops.vector.Lanes.PANEL;
import static dev.limpid.tensor.ops.vector.Lanes.VL;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.blocks.BlockFormat;
import dev.limpid.tensor.ops.vector.Scratch.Use;

/**
 * The quantised elements of a matrix in {@link Panels}: codes and scales of all outputs of a panel
 * side by side, so that a vector of ints holds a few codes of every lane, and widening them is the
 * same for all lanes.
 *
 * <pre>
 *   low[panel][word][PANEL]     the low bits of the codes of 32 / low bits inputs, the first on top
 *   high[panel][word][PANEL]    the bits above those, likewise
 *   d, m[panel][block][VL]      16 bits each: output j in the low, output j + VL in the high half
 *   dOf, mOf[panel][block][word][PANEL]   the factors of four parts, the first in the lowest byte
 * </pre>
 *
 * @param layout how many bits go where
 * @param inputs whole blocks
 */
record BlockPanels(
    BlockFormat format,
    Layout layout,
    int inputs,
    int[] low,
    int[] high,
    float[] d,
    float[] m,
    int[] dOf,
    int[] mOf) {

  /**
   * How the bits of a code are divided.
   *
   * @param low bits in {@link #low}: 2, 4 or 8
   * @param high bits in {@link #high}: 0, 1 or 2
   * @param signed whether a code is in two's complement
   * @param table the values of all codes; empty where a code is its own
   */
  record Layout(int low, int high, boolean signed, int[] table) {
    private static final int[] NO_TABLE = {};

    /** Codes are kept as they are, but where words would be split between parts. */
    static Layout of(BlockFormat format) {
      BlockFormat.Codes codes = format.codes();
      if (codes.hasTable()) {
        // Where no table fits two vectors, the packer looks values up and keeps those.
        return BlockWidening.HAS_TABLES
            ? new Layout(4, 0, false, codes.table().stream().mapToInt(Byte::intValue).toArray())
            : new Layout(8, 0, true, NO_TABLE);
      }
      return switch (codes.bits()) {
        case 3 -> new Layout(4, 0, codes.signed(), NO_TABLE);
        case 5 -> new Layout(4, 1, codes.signed(), NO_TABLE);
        case 6 -> new Layout(4, 2, codes.signed(), NO_TABLE);
        default -> new Layout(codes.bits(), 0, codes.signed(), NO_TABLE);
      };
    }

    /** Returns the table as floats. */
    float[] floats() {
      float[] floats = new float[table.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = table[i];
      }
      return floats;
    }

    int lowWords(int elements) {
      return elements * low / Integer.SIZE;
    }

    int highWords(int elements) {
      return elements * high / Integer.SIZE;
    }
  }

  /** Returns a matrix of zeros, to be filled by the packer. */
  static BlockPanels zeros(BlockFormat format, int inputs, int outputs) {
    Layout layout = Layout.of(format);
    int panels = Lanes.panels(outputs);
    int blocks = inputs / format.elements();
    int factors = format.parts() == 1 ? 0 : panels * blocks * factorWords(format) * PANEL;
    int scales = panels * blocks * VL;
    boolean minimum = format.hasMinimum();
    long codes = (long) panels * layout.lowWords(inputs) * PANEL;
    if (codes > Integer.MAX_VALUE - 8) {
      throw new ShapeException(
          "a weight of %d outputs and %d inputs does not fit one Java array"
              .formatted(outputs, inputs));
    }
    return new BlockPanels(
        format,
        layout,
        inputs,
        new int[(int) codes],
        new int[panels * layout.highWords(inputs) * PANEL],
        new float[scales],
        new float[minimum ? scales : 0],
        new int[factors],
        new int[minimum ? factors : 0]);
  }

  static int factorWords(BlockFormat format) {
    return format.parts() / 4;
  }

  int blocks() {
    return inputs / format.elements();
  }

  /** Returns the memory that so many outputs of so many inputs take. */
  long bytes(long elements) {
    long bits = elements * layout.low + elements * layout.high;
    int ofBlock = Short.BYTES + (format.parts() == 1 ? 0 : format.parts());
    return bits / Byte.SIZE
        + elements / format.elements() * ofBlock * (format.hasMinimum() ? 2 : 1);
  }

  /** Returns the first input of a widened block that holds an input: parts are widened whole. */
  int start(int input) {
    return input - input % format.part();
  }

  /** Widens inputs {@code first} to {@code end} of a panel, both at parts: [input][PANEL]. */
  float[] widen(int panel, int first, int end, Scratch scratch) {
    int part = format.part();
    int parts = (end - first) / part;
    float[] scales = scratch.floats(Use.SCALES, parts * PANEL);
    factors(panel, first / part, parts, d, dOf, scales, scratch);
    float[] out = scratch.floats(Use.DECODED, (end - first) * PANEL);
    int lowAt = (panel * layout.lowWords(inputs) + layout.lowWords(first)) * PANEL;
    if (format.hasMinimum()) {
      float[] minima = scratch.floats(Use.MINIMA, parts * PANEL);
      factors(panel, first / part, parts, m, mOf, minima, scratch);
      int highAt = (panel * layout.highWords(inputs) + layout.highWords(first)) * PANEL;
      BlockWidening.unsigned(layout, part, parts, low, lowAt, high, highAt, scales, minima, out);
    } else if (layout.table.length > 0) {
      BlockWidening.table(layout.table, part, parts, low, lowAt, scales, out);
    } else {
      int highAt = (panel * layout.highWords(inputs) + layout.highWords(first)) * PANEL;
      BlockWidening.signed(layout, part, parts, low, lowAt, high, highAt, scales, out);
    }
    return out;
  }

  /**
   * Adds the products of a row with inputs {@code first} to {@code end} of a panel, both at parts.
   *
   * @param x of input i at i - from
   * @param ofParts the sums of x over parts, likewise
   * @param from where x begins, at a part
   * @param sums [PANEL], added to
   */
  void addProducts(
      int panel,
      int first,
      int end,
      float[] x,
      float[] ofParts,
      int from,
      float[] sums,
      Scratch scratch) {
    int part = format.part();
    int parts = (end - first) / part;
    int partAt = (first - from) / part;
    float[] scales = scratch.floats(Use.SCALES, parts * PANEL);
    factors(panel, first / part, parts, d, dOf, scales, scratch);
    int lowAt = (panel * layout.lowWords(inputs) + layout.lowWords(first)) * PANEL;
    int highAt = (panel * layout.highWords(inputs) + layout.highWords(first)) * PANEL;
    int xAt = first - from;
    BlockDots.add(
        layout, part, parts, low, lowAt, high, highAt, scales, x, xAt, ofParts, partAt, sums);
    if (format.hasMinimum()) {
      factors(panel, first / part, parts, m, mOf, scales, scratch);
      BlockDots.subtractMinima(parts, scales, ofParts, partAt, sums);
    }
  }

  /** Writes the products of 16-bit numbers of blocks and the factors of parts: [part][PANEL]. */
  private void factors(
      int panel, int first, int n, float[] halves, int[] of, float[] out, Scratch scratch) {
    DType type = format.hasPowers() ? DType.BF16 : DType.F16;
    int parts = format.parts();
    int block = panel * blocks() + first / parts;
    if (parts == 1) {
      HalfPrecision.decode(type, halves, block * VL, n, out, 0);
      return;
    }
    int count = (first + n - 1) / parts - first / parts + 1;
    float[] ofBlocks = scratch.floats(Use.BLOCK_SCALES, count * PANEL);
    HalfPrecision.decode(type, halves, block * VL, count, ofBlocks, 0);
    int words = factorWords(format);
    BlockWidening.factors(parts, first % parts, n, ofBlocks, of, block * words * PANEL, out);
  }
}
