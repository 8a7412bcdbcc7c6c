package dev.limpid.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/** Reads runs of pieces such as {@code <0xE4>} as the bytes of characters. */
record ByteFallback() implements Decoder {
  private static final int NO_BYTE = -1;

  @Override
  public List<String> decode(List<String> pieces) {
    List<String> result = new ArrayList<>(pieces.size());
    ByteArrayOutputStream run = new ByteArrayOutputStream();
    for (String piece : pieces) {
      int value = value(piece);
      if (value == NO_BYTE) {
        flush(run, result);
        result.add(piece);
      } else {
        run.write(value);
      }
    }
    flush(run, result);
    return result;
  }

  /** Adds a run as text, or as one U+FFFD per byte if any of it is no character. */
  private static void flush(ByteArrayOutputStream run, List<String> result) {
    if (run.size() == 0) {
      return;
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(run.toByteArray());
      result.add(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      result.addAll(Collections.nCopies(run.size(), "\uFFFD"));
    }
    run.reset();
  }

  /** Returns printable ASCII and the newline as themselves; other bytes keep their names. */
  @Override
  public String readable(String piece) {
    int value = value(piece);
    boolean printable = value >= ' ' && value < 0x7f;
    return printable || value == '\n' ? Character.toString(value) : piece;
  }

  /** Returns whether a piece stands for one byte. */
  static boolean isByte(String piece) {
    return value(piece) != NO_BYTE;
  }

  private static int value(String piece) {
    boolean named =
        piece.length() == 6
            && piece.startsWith("<0x")
            && piece.endsWith(">")
            && HexFormat.isHexDigit(piece.charAt(3))
            && HexFormat.isHexDigit(piece.charAt(4));
    return named ? HexFormat.fromHexDigits(piece, 3, 5) : NO_BYTE;
  }
}
