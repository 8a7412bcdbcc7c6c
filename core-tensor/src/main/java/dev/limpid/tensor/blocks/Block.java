package dev.limpid.tensor.blocks;

import java.util.Arrays;

/**
 * One block taken apart, and the next one in its place: what {@link BlockFormat} says of it, in
 * fields of its own.
 */
public final class Block {
  private static final int MOST_ELEMENTS = 256;
  private static final int MOST_PARTS = 16;

  private final BlockFormat format;
  private final byte[] values = new byte[256];

  /** The 16 bits of d. */
  short d;

  /** The 16 bits of m; 0 where there is none. */
  short m;

  final byte[] scales = new byte[MOST_PARTS];
  final byte[] minima = new byte[MOST_PARTS];
  final byte[] codes = new byte[MOST_ELEMENTS];

  /** Creates a block of a format, with nothing in it yet. */
  public Block(BlockFormat format) {
    this.format = format;
    for (int code = 0; code < values.length; code++) {
      boolean listed = code < format.codes().table().size();
      values[code] = listed ? format.codes().table().get(code) : (byte) code;
    }
    Arrays.fill(scales, (byte) 1);
    Arrays.fill(minima, (byte) 1);
  }

  /**
   * Takes a block apart.
   *
   * @param bytes the block begins at {@code at}; not modified
   */
  public void read(byte[] bytes, int at) {
    BlockLayouts.read(format, bytes, at, this);
  }

  /** Returns the bits of d. */
  public short d() {
    return d;
  }

  /** Returns the bits of m; those of 0 where the format has no minima. */
  public short m() {
    return m;
  }

  /** Returns the factor of d in a part. */
  public byte scale(int part) {
    return scales[part];
  }

  /** Returns the factor of m in a part; not negative. */
  public byte minimum(int part) {
    return minima[part];
  }

  /** Returns the code of an element: a number, or an index into the table. */
  public byte code(int element) {
    return codes[element];
  }

  /** Returns the value of the code of an element. */
  public byte value(int element) {
    return values[codes[element] & 0xff];
  }

  /** Returns what the values of a part are multiplied with. */
  public float scaleOf(int part) {
    return toFloat(d) * scales[part];
  }

  /** Returns what is then subtracted from them. */
  public float minimumOf(int part) {
    return toFloat(m) * minima[part];
  }

  /** Writes the elements, from {@code to} on. */
  public void decode(float[] out, int to) {
    int part = format.part();
    for (int p = 0; p < format.parts(); p++) {
      float ofPart = scaleOf(p);
      float below = minimumOf(p);
      for (int i = p * part; i < (p + 1) * part; i++) {
        out[to + i] = ofPart * value(i) - below;
      }
    }
  }

  /** Returns whether all elements are finite. */
  public boolean isFinite() {
    float largest = 1;
    if (format.hasPowers()) { // else no product of scales is too large
      for (int i = 0; i < format.elements(); i++) {
        largest = Math.max(largest, Math.abs(value(i)));
      }
    }
    return Float.isFinite(toFloat(d) * largest) && Float.isFinite(toFloat(m));
  }

  private float toFloat(short bits) {
    return format.hasPowers() ? Float.intBitsToFloat(bits << 16) : Float.float16ToFloat(bits);
  }
}
