package dev.limpid.model.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Shows bytes to people: whole characters as text, every other byte as {@code <0xE4>}. */
final class ReadableBytes {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private ReadableBytes() {}

  static String show(byte[] bytes) {
    CharsetDecoder utf8 =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    StringBuilder text = new StringBuilder();
    while (in.hasRemaining()) {
      utf8.reset().decode(in, out, true);
      text.append(out.flip());
      out.clear();
      if (in.hasRemaining()) {
        text.append(hex(in.get()));
      }
    }
    return text.toString();
  }

  /** Returns the name of a byte, such as {@code <0xE4>}. */
  static String hex(byte value) {
    return "<0x" + HEX.toHexDigits(value) + ">";
  }
}
