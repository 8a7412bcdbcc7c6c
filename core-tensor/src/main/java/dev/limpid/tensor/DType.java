package dev.limpid.tensor;

/** The element types a tensor can have; names as in safetensors files. */
public enum DType {
  /** 32-bit IEEE floating point. */
  F32(4),
  /** 16-bit IEEE floating point. */
  F16(2),
  /** The upper 16 bits of a 32-bit IEEE floating point number. */
  BF16(2),
  /** 64-bit signed integers; only for token ids. */
  I64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Returns the size of one element in bytes. */
  public int bytes() {
    return bytes;
  }
}
