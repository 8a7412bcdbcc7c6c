package dev.limpid.tensor.blocks;

import java.util.Arrays;
import java.util.List;

/**
 * How numbers are quantised in blocks along the innermost axis of a tensor, as in GGUF files.
 *
 * <p>Every format comes to the same: a block holds a scale d, some a minimum m, each with small
 * factors for parts of the block, and a small code for every element. Element i of part p is
 *
 * <pre>
 *   (d scale[p]) value(code[i]) - (m minimum[p])
 * </pre>
 *
 * every step of it rounded to float, which gives the bits that the formats' own implementation
 * gives. A value is the code itself, or what a table has for it.
 */
public enum BlockFormat {
  Q4_0(32, 18, 32, Codes.signed(4)),
  Q4_1(32, 20, 32, Codes.unsigned(4)),
  Q5_0(32, 22, 32, Codes.signed(5)),
  Q5_1(32, 24, 32, Codes.unsigned(5)),
  Q8_0(32, 34, 32, Codes.signed(8)),
  Q2_K(256, 84, 16, Codes.unsigned(2)),
  Q3_K(256, 110, 16, Codes.signed(3)),
  Q4_K(256, 144, 32, Codes.unsigned(4)),
  Q5_K(256, 176, 32, Codes.unsigned(5)),
  Q6_K(256, 210, 16, Codes.signed(6)),
  IQ4_NL(32, 18, 32, Codes.of(Tables.IQ4)),
  IQ4_XS(256, 136, 32, Codes.of(Tables.IQ4)),
  MXFP4(32, 17, 32, Codes.of(Tables.E2M1));

  /**
   * The codes of a format.
   *
   * @param bits of a code
   * @param signed whether it is a number in two's complement; then there are no minima
   * @param table the value of every code; empty where the code is its own
   */
  public record Codes(int bits, boolean signed, List<Byte> table) {
    /** Copies the table. */
    public Codes {
      table = List.copyOf(table);
    }

    private static Codes signed(int bits) {
      return new Codes(bits, true, List.of());
    }

    private static Codes unsigned(int bits) {
      return new Codes(bits, false, List.of());
    }

    private static Codes of(List<Byte> table) {
      return new Codes(4, false, table);
    }

    /** Returns whether values come from a table; then there are no minima. */
    public boolean hasTable() {
      return !table.isEmpty();
    }
  }

  private final int elements;
  private final int bytes;
  private final int part;
  private final Codes codes;

  BlockFormat(int elements, int bytes, int part, Codes codes) {
    this.elements = elements;
    this.bytes = bytes;
    this.part = part;
    this.codes = codes;
  }

  /** Returns the number of elements in a block. */
  public int elements() {
    return elements;
  }

  /** Returns the size of a block in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Returns the number of elements in a part of a block; 16 or 32. */
  public int part() {
    return part;
  }

  /** Returns the number of parts in a block; 1 where d and m have no factors. */
  public int parts() {
    return elements / part;
  }

  /** Returns what the codes are. */
  public Codes codes() {
    return codes;
  }

  /** Returns whether blocks have a minimum. */
  public boolean hasMinimum() {
    return !codes.signed && !codes.hasTable();
  }

  /** Returns whether d is a power of two, in 16 bits as BF16 has them; else d and m are F16. */
  public boolean hasPowers() {
    return this == MXFP4;
  }

  /** Returns how many bytes so many elements take; whole blocks. */
  public long bytesOf(long count) {
    return count / elements * bytes;
  }

  /** What codes of 4 bits stand for. */
  private static final class Tables {
    /** Steps that grow towards the ends. */
    static final List<Byte> IQ4 =
        of(-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113);

    /** Floats with two bits of exponent and one of mantissa, doubled; -0 counts as 0. */
    static final List<Byte> E2M1 = of(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12);

    private static List<Byte> of(int... values) {
      return Arrays.stream(values).mapToObj(value -> (byte) value).toList();
    }
  }
}
