package dev.limpid.tensor.safetensors;

import dev.limpid.tensor.Shape;
import dev.limpid.tensor.ShapeException;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.blocks.BlockFormat;
import dev.limpid.tensor.weights.MissingTensorException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A stack of matrices [E, out, in] in MXFP4, stored as two tensors of bytes: codes, two neighbours
 * in one byte, the first in its low half, and a power of two for every 32 of them.
 *
 * @param codes [E, out, in / 32, 16]
 * @param scales [E, out, in / 32]
 */
record PairedBlocks(MemorySegment codes, MemorySegment scales, int outputs, int inputs) {
  private static final String BLOCKS = "_blocks";
  private static final String SCALES = "_scales";
  private static final int BLOCK = BlockFormat.MXFP4.elements();
  private static final int BYTES = BLOCK / 2;

  /**
   * Returns the name of the scales that belong to blocks of a name; empty if it is no such name.
   */
  static String scalesOf(String blocks) {
    return blocks.endsWith(BLOCKS)
        ? blocks.substring(0, blocks.length() - BLOCKS.length()) + SCALES
        : "";
  }

  /** Returns the name of the blocks that scales of a name belong to, likewise. */
  static String blocksOf(String scales) {
    return scales.endsWith(SCALES)
        ? scales.substring(0, scales.length() - SCALES.length()) + BLOCKS
        : "";
  }

  static PairedBlocks of(
      SafetensorsFile file, String name, SafetensorsFile scalesFile, String scales, int... shape)
      throws MissingTensorException {
    if (shape.length != 3 || shape[2] % BLOCK != 0) {
      throw new MissingTensorException(
          file.path(), name, "has blocks of 32, the configuration needs " + Shape.of(shape));
    }
    int blocks = shape[2] / BLOCK;
    return new PairedBlocks(
        file.bytes(name, shape[0], shape[1], blocks, BYTES),
        scalesFile.bytes(scales, shape[0], shape[1], blocks),
        shape[1],
        shape[2]);
  }

  /** Returns a matrix [out, in], in blocks as GGUF files have them. */
  Tensor part(int row) {
    int count = Math.multiplyExact(outputs, inputs / BLOCK);
    long size = (long) count * BlockFormat.MXFP4.bytes();
    if (size > Integer.MAX_VALUE - 8) {
      throw new ShapeException(
          "a matrix of %d and %d does not fit one Java array".formatted(outputs, inputs));
    }
    byte[] blocks = new byte[(int) size];
    byte[] pairs = new byte[count * BYTES];
    MemorySegment.copy(
        codes, ValueLayout.JAVA_BYTE, (long) row * pairs.length, pairs, 0, pairs.length);
    for (int block = 0; block < count; block++) {
      int to = block * BlockFormat.MXFP4.bytes();
      int from = block * BYTES;
      blocks[to] = scales.get(ValueLayout.JAVA_BYTE, (long) row * count + block);
      for (int i = 0; i < BYTES; i++) {
        // Element i in the low half, element i + 16 in the high one.
        int low = (pairs[from + i / 2] >> (4 * (i % 2))) & 0xf;
        int high = (pairs[from + BYTES / 2 + i / 2] >> (4 * (i % 2))) & 0xf;
        blocks[to + 1 + i] = (byte) (low | high << 4);
      }
    }
    return Tensor.over(MemorySegment.ofArray(blocks), BlockFormat.MXFP4, Shape.of(outputs, inputs));
  }
}
