package dev.limpid.tensor.gguf;

import dev.limpid.tensor.DType;
import dev.limpid.tensor.blocks.BlockFormat;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How the elements of a tensor are stored: alone, or quantised in blocks along the innermost axis.
 *
 * <p>All types of the format are here, so that their sizes can be checked; {@link #isSupported}
 * tells which the engine reads.
 */
public enum GgufType {
  F32(0, 1, 4),
  F16(1, 1, 2),
  Q4_0(2, 32, 18),
  Q4_1(3, 32, 20),
  Q5_0(6, 32, 22),
  Q5_1(7, 32, 24),
  Q8_0(8, 32, 34),
  Q8_1(9, 32, 40),
  Q2_K(10, 256, 84),
  Q3_K(11, 256, 110),
  Q4_K(12, 256, 144),
  Q5_K(13, 256, 176),
  Q6_K(14, 256, 210),
  Q8_K(15, 256, 292),
  IQ2_XXS(16, 256, 66),
  IQ2_XS(17, 256, 74),
  IQ3_XXS(18, 256, 98),
  IQ1_S(19, 256, 50),
  IQ4_NL(20, 32, 18),
  IQ3_S(21, 256, 110),
  IQ2_S(22, 256, 82),
  IQ4_XS(23, 256, 136),
  I8(24, 1, 1),
  I16(25, 1, 2),
  I32(26, 1, 4),
  I64(27, 1, 8),
  F64(28, 1, 8),
  IQ1_M(29, 256, 56),
  BF16(30, 1, 2),
  TQ1_0(34, 256, 54),
  TQ2_0(35, 256, 66),
  MXFP4(39, 32, 17),
  NVFP4(40, 64, 36),
  Q1_0(41, 128, 18),
  Q2_0(42, 64, 18);

  private final int code;
  private final int blockElements;
  private final int blockBytes;

  GgufType(int code, int blockElements, int blockBytes) {
    this.code = code;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Returns the type with a number, or empty if there is none. */
  static Optional<GgufType> of(long code) {
    return Arrays.stream(values()).filter(type -> type.code == code).findFirst();
  }

  /** Returns the number of the type in files. */
  int code() {
    return code;
  }

  /** Returns the number of elements in a block; 1 where they stand alone. */
  public int blockElements() {
    return blockElements;
  }

  /** Returns the size of a block in bytes. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Returns whether elements are stored in fewer bits than any float has, in blocks. */
  public boolean isQuantised() {
    return blockElements > 1;
  }

  /** Returns whether the engine reads this type. */
  public boolean isSupported() {
    return dtype().isPresent() || format().isPresent();
  }

  /** Returns the type of tensor that can be a view of the file, or empty if there is none. */
  Optional<DType> dtype() {
    return switch (this) {
      case F32 -> Optional.of(DType.F32);
      case F16 -> Optional.of(DType.F16);
      case BF16 -> Optional.of(DType.BF16);
      default -> Optional.empty();
    };
  }

  /** Returns the format of the blocks of this type, or empty if the engine does not know it. */
  Optional<BlockFormat> format() {
    return Arrays.stream(BlockFormat.values())
        .filter(format -> format.name().equals(name()))
        .findFirst();
  }

  /** Returns the names of the supported types, for messages. */
  static String supported() {
    return Arrays.stream(values())
        .filter(GgufType::isSupported)
        .map(GgufType::name)
        .collect(Collectors.joining(", "));
  }
}
