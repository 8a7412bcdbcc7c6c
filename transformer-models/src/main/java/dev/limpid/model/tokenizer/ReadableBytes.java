package dev.limpid.model.tokenizer;

import java.util.HexFormat;

/** Shows bytes to people: whole characters as text, every other byte as {@code <0xE4>}. */
final class ReadableBytes {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private ReadableBytes() {}

  static String show(byte[] bytes) {
    return Utf8.read(bytes, ReadableBytes::hex);
  }

  private static String hex(byte[] bytes) {
    StringBuilder names = new StringBuilder();
    for (byte value : bytes) {
      names.append(hex(value));
    }
    return names.toString();
  }

  /** Returns the name of a byte, such as {@code <0xE4>}. */
  static String hex(byte value) {
    return "<0x" + HEX.toHexDigits(value) + ">";
  }
}
