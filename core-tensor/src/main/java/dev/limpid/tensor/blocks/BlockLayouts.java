package dev.limpid.tensor.blocks;

/**
 * Where in a block its numbers lie. Nibbles and other parts of bytes hold neighbouring runs of
 * elements, not neighbouring elements: of nibbles, the low ones a run, the high ones the next.
 */
final class BlockLayouts {
  private BlockLayouts() {}

  /** Takes a block apart that begins at {@code at}. */
  static void read(BlockFormat format, byte[] b, int at, Block out) {
    switch (format) {
      case Q4_0 -> {
        out.d = half(b, at);
        nibbles(b, at + 2, 16, 1, out);
        shift(out, 32, 8);
      }
      case Q4_1 -> {
        out.d = half(b, at);
        out.m = negative(half(b, at + 2));
        nibbles(b, at + 4, 16, 1, out);
      }
      case Q5_0 -> {
        out.d = half(b, at);
        nibbles(b, at + 6, 16, 1, out);
        bits(b, at + 2, out);
        shift(out, 32, 16);
      }
      case Q5_1 -> {
        out.d = half(b, at);
        out.m = negative(half(b, at + 2));
        nibbles(b, at + 8, 16, 1, out);
        bits(b, at + 4, out);
      }
      case Q8_0 -> {
        out.d = half(b, at);
        System.arraycopy(b, at + 2, out.codes, 0, 32);
      }
      case IQ4_NL -> {
        out.d = half(b, at);
        nibbles(b, at + 2, 16, 1, out);
      }
      case MXFP4 -> {
        out.d = power(b[at] & 0xff);
        nibbles(b, at + 1, 16, 1, out);
      }
      case Q2_K -> {
        for (int p = 0; p < 16; p++) {
          out.scales[p] = (byte) (b[at + p] & 0xf);
          out.minima[p] = (byte) (b[at + p] >> 4 & 0xf);
        }
        pairs(b, at + 16, 0, out);
        out.d = half(b, at + 80);
        out.m = half(b, at + 82);
      }
      case Q3_K -> q3(b, at, out);
      case Q4_K -> {
        scalesAndMinima(b, at, out);
        nibbles(b, at + 16, 32, 4, out);
      }
      case Q5_K -> {
        scalesAndMinima(b, at, out);
        nibbles(b, at + 48, 32, 4, out);
        for (int i = 0; i < 256; i++) {
          out.codes[i] |= (byte) ((b[at + 16 + i % 32] >> (i / 32) & 1) << 4);
        }
      }
      case Q6_K -> {
        nibbles(b, at, 64, 2, out);
        pairs(b, at + 128, 4, out);
        shift(out, 256, 32);
        System.arraycopy(b, at + 192, out.scales, 0, 16);
        out.d = half(b, at + 208);
      }
      case IQ4_XS -> {
        out.d = half(b, at);
        int high = half(b, at + 2);
        for (int p = 0; p < 8; p++) {
          int low = b[at + 4 + p / 2] >> (4 * (p % 2)) & 0xf;
          out.scales[p] = (byte) ((low | (high >> (2 * p) & 3) << 4) - 32);
        }
        nibbles(b, at + 8, 16, 8, out);
      }
    }
  }

  /** Q3_K: a mask of bits, pairs of bits, 6-bit scales; where a bit of the mask is 0, less 4. */
  private static void q3(byte[] b, int at, Block out) {
    pairs(b, at + 32, 0, out);
    for (int i = 0; i < 256; i++) {
      int kept = b[at + i % 32] >> (i / 32) & 1;
      out.codes[i] -= (byte) (4 * (1 - kept));
    }
    int scales = at + 96;
    for (int p = 0; p < 16; p++) {
      int low = b[scales + p % 8] >> (4 * (p / 8)) & 0xf;
      int high = b[scales + 8 + p % 4] >> (2 * (p / 4)) & 3;
      out.scales[p] = (byte) ((low | high << 4) - 32);
    }
    out.d = half(b, at + 108);
  }

  /** d and m, then 8 scales and 8 minima of 6 bits in 12 bytes. */
  private static void scalesAndMinima(byte[] b, int at, Block out) {
    out.d = half(b, at);
    out.m = half(b, at + 2);
    int first = at + 4;
    for (int p = 0; p < 4; p++) {
      int scale = b[first + p];
      int minimum = b[first + 4 + p];
      int both = b[first + 8 + p];
      out.scales[p] = (byte) (scale & 0x3f);
      out.minima[p] = (byte) (minimum & 0x3f);
      out.scales[4 + p] = (byte) ((both & 0xf) | (scale >> 2 & 0x30));
      out.minima[4 + p] = (byte) ((both >> 4 & 0xf) | (minimum >> 2 & 0x30));
    }
  }

  /** Reads runs of n bytes: the low nibbles of a run are n elements, the high ones the next n. */
  private static void nibbles(byte[] b, int at, int n, int runs, Block out) {
    for (int run = 0; run < runs; run++) {
      for (int i = 0; i < n; i++) {
        int both = b[at + run * n + i];
        out.codes[run * 2 * n + i] = (byte) (both & 0xf);
        out.codes[run * 2 * n + n + i] = (byte) (both >> 4 & 0xf);
      }
    }
  }

  /** Reads two runs of 32 bytes, each of which holds two bits of four runs of elements. */
  private static void pairs(byte[] b, int at, int shift, Block out) {
    for (int i = 0; i < 256; i++) {
      int two = b[at + i / 128 * 32 + i % 32] >> (2 * (i / 32 % 4)) & 3;
      out.codes[i] = (byte) (shift == 0 ? two : out.codes[i] | two << shift);
    }
  }

  /** Reads the fifth bits of 32 elements, one after the other. */
  private static void bits(byte[] b, int at, Block out) {
    for (int i = 0; i < 32; i++) {
      out.codes[i] |= (byte) ((b[at + i / 8] >> (i % 8) & 1) << 4);
    }
  }

  private static void shift(Block out, int n, int zero) {
    for (int i = 0; i < n; i++) {
      out.codes[i] -= (byte) zero;
    }
  }

  private static short half(byte[] b, int at) {
    return (short) ((b[at] & 0xff) | b[at + 1] << 8);
  }

  /** A minimum that is added, not subtracted. */
  private static short negative(short half) {
    return (short) (half ^ 0x8000);
  }

  /** Returns the bits of 2^(e - 128) in BF16, of which e = 0 and 1 are subnormal. */
  private static short power(int e) {
    return (short) (e < 2 ? 0x20 << e : (e - 1) << 7);
  }
}
