package dev.limpid.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * GPT-2's way to write any bytes as visible characters: printable bytes stand for themselves, the
 * others for the characters from U+0100 on, so that a space is {@code Ġ} and a newline {@code Ċ}.
 */
final class ByteAlphabet {
  private static final char[] CHAR_OF_BYTE = new char[256];
  private static final short[] BYTE_OF_CHAR = new short[0x144];

  static {
    Arrays.fill(BYTE_OF_CHAR, (short) -1);
    char next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean visible = (b > ' ' && b < 0x7f) || (b > 0xa0 && b != 0xad);
      char c = visible ? (char) b : next++;
      CHAR_OF_BYTE[b] = c;
      BYTE_OF_CHAR[c] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /** Returns the UTF-8 bytes of a text, each as its character. */
  static String write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    char[] chars = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      chars[i] = CHAR_OF_BYTE[bytes[i] & 0xff];
    }
    return new String(chars);
  }

  /** Returns the bytes a piece stands for, or nothing if it holds a character of no byte. */
  static Optional<byte[]> read(String piece) {
    byte[] bytes = new byte[piece.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = piece.charAt(i);
      if (c >= BYTE_OF_CHAR.length || BYTE_OF_CHAR[c] < 0) {
        return Optional.empty();
      }
      bytes[i] = (byte) BYTE_OF_CHAR[c];
    }
    return Optional.of(bytes);
  }
}
