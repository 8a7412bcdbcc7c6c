package dev.limpid.tensor.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Turns the blocks of one quantised type into floats.
 *
 * <p>A block holds a scale d in half precision, in some types a minimum too, and small integers q;
 * its elements are d * q or d * q + m. In the types named K, 256 elements share a scale for the
 * scales of their parts. Every step is rounded to float in the order of the format's own
 * implementation, so that the results are the same bits.
 */
@FunctionalInterface
interface Dequantiser {
  /** Elements that are read between two looks at the file; a multiple of every block. */
  int CHUNK = 1 << 14;

  /**
   * Decodes one block.
   *
   * @param blocks [..], the block begins at {@code at}; not modified
   * @param out modified from {@code to} on
   */
  void decode(byte[] blocks, int at, float[] out, int to);

  /** Returns what decodes a type, or empty if it is not supported. */
  static Optional<Dequantiser> of(GgufType type) {
    return switch (type) {
      case Q4_0 -> Optional.of(Dequantiser::q4Symmetric);
      case Q4_1 -> Optional.of(Dequantiser::q4WithMinimum);
      case Q8_0 -> Optional.of(Dequantiser::q8);
      case Q4_K -> Optional.of(Dequantiser::q4InParts);
      case Q6_K -> Optional.of(Dequantiser::q6InParts);
      default -> Optional.empty();
    };
  }

  /**
   * Decodes a whole tensor.
   *
   * @param data whole blocks of the type, not modified
   */
  default float[] decode(MemorySegment data, GgufType type) {
    int elements = Math.toIntExact(data.byteSize() / type.blockBytes() * type.blockElements());
    float[] out = new float[elements];
    byte[] blocks = new byte[CHUNK / type.blockElements() * type.blockBytes()];
    for (int done = 0; done < elements; done += CHUNK) {
      long from = (long) done / type.blockElements() * type.blockBytes();
      int bytes = (int) Math.min(blocks.length, data.byteSize() - from);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, from, blocks, 0, bytes);
      int to = done;
      for (int at = 0; at < bytes; at += type.blockBytes()) {
        decode(blocks, at, out, to);
        to += type.blockElements();
      }
    }
    return out;
  }

  /** Q4_0: d, then 32 nibbles less 8: the low ones of 16 bytes, then the high ones. */
  private static void q4Symmetric(byte[] blocks, int at, float[] out, int to) {
    float d = half(blocks, at);
    for (int i = 0; i < 16; i++) {
      int q = blocks[at + 2 + i];
      out[to + i] = d * ((q & 0xf) - 8);
      out[to + 16 + i] = d * ((q >> 4 & 0xf) - 8);
    }
  }

  /** Q4_1: d, m, then 32 nibbles as in Q4_0. */
  private static void q4WithMinimum(byte[] blocks, int at, float[] out, int to) {
    float d = half(blocks, at);
    float m = half(blocks, at + 2);
    for (int i = 0; i < 16; i++) {
      int q = blocks[at + 4 + i];
      out[to + i] = d * (q & 0xf) + m;
      out[to + 16 + i] = d * (q >> 4 & 0xf) + m;
    }
  }

  /** Q8_0: d, then 32 signed bytes. */
  private static void q8(byte[] blocks, int at, float[] out, int to) {
    float d = half(blocks, at);
    for (int i = 0; i < 32; i++) {
      out[to + i] = d * blocks[at + 2 + i];
    }
  }

  /** Q4_K: d, m, 6-bit scales and minima of 8 parts in 12 bytes, then 256 nibbles, 64 together. */
  private static void q4InParts(byte[] blocks, int at, float[] out, int to) {
    float d = half(blocks, at);
    float m = half(blocks, at + 2);
    int scales = at + 4;
    for (int part = 0; part < 8; part++) {
      float scale = d * scale(blocks, scales, part);
      float minimum = m * minimum(blocks, scales, part);
      int quants = at + 16 + part / 2 * 32;
      int shift = part % 2 * 4;
      for (int i = 0; i < 32; i++) {
        out[to + part * 32 + i] = scale * (blocks[quants + i] >> shift & 0xf) - minimum;
      }
    }
  }

  /** The first four scales lie whole in a byte each, the others in a nibble and two bits. */
  private static int scale(byte[] bytes, int at, int part) {
    return part < 4
        ? bytes[at + part] & 0x3f
        : (bytes[at + part + 4] & 0xf) | (bytes[at + part - 4] & 0xc0) >> 2;
  }

  private static int minimum(byte[] bytes, int at, int part) {
    return part < 4
        ? bytes[at + part + 4] & 0x3f
        : (bytes[at + part + 4] >> 4 & 0xf) | (bytes[at + part] & 0xc0) >> 2;
  }

  /**
   * Q6_K: the low 4 bits of 256 elements in 128 bytes, their high 2 bits in 64, signed scales of 16
   * parts, then d; elements are less 32. Each half of the block is four runs of 32.
   */
  private static void q6InParts(byte[] blocks, int at, float[] out, int to) {
    float d = half(blocks, at + 208);
    for (int part = 0; part < 16; part++) {
      float scale = d * blocks[at + 192 + part];
      int run = part / 2 % 4;
      int inRun = part % 2 * 16;
      int low = at + part / 8 * 64 + run % 2 * 32 + inRun;
      int high = at + 128 + part / 8 * 32 + inRun;
      int lowShift = run / 2 * 4;
      for (int i = 0; i < 16; i++) {
        int q = (blocks[low + i] >> lowShift & 0xf) | (blocks[high + i] >> (2 * run) & 3) << 4;
        out[to + part * 16 + i] = scale * (q - 32);
      }
    }
  }

  private static float half(byte[] bytes, int at) {
    return Float.float16ToFloat((short) ((bytes[at] & 0xff) | bytes[at + 1] << 8));
  }
}
