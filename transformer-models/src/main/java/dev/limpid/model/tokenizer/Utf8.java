package dev.limpid.model.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Reads bytes as UTF-8 where they may be broken. Java's own decoder takes some broken sequences for
 * one where the Unicode standard, and Hugging Face, count several.
 */
final class Utf8 {
  private Utf8() {}

  /** Returns the text, with one U+FFFD for every maximal part of a broken sequence. */
  static String lossy(byte[] bytes) {
    return read(bytes, broken -> "\uFFFD");
  }

  /** Returns the text, with something else for every maximal part of a broken sequence. */
  static String read(byte[] bytes, Function<byte[], String> broken) {
    StringBuilder text = new StringBuilder(bytes.length);
    int whole = 0; // the start of what is whole and not yet appended
    for (int at = 0; at < bytes.length; ) {
      int length = sequence(bytes, at);
      if (length < 0) {
        text.append(new String(bytes, whole, at - whole, StandardCharsets.UTF_8));
        text.append(broken.apply(Arrays.copyOfRange(bytes, at, at - length)));
        whole = at - length;
      }
      at += Math.abs(length);
    }
    return text.append(new String(bytes, whole, bytes.length - whole, StandardCharsets.UTF_8))
        .toString();
  }

  /** Returns the length of the character at a place, or minus that of what is broken there. */
  private static int sequence(byte[] bytes, int at) {
    int first = bytes[at] & 0xff;
    int length = length(first);
    if (length == 0) {
      return -1;
    }
    for (int i = 1; i < length; i++) {
      int next = at + i < bytes.length ? bytes[at + i] & 0xff : 0;
      boolean fits = i == 1 ? isSecond(first, next) : isContinuation(next);
      if (!fits) {
        return -i;
      }
    }
    return length;
  }

  /** Returns how long a sequence with this first byte is, or 0 if it begins none. */
  private static int length(int first) {
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  }

  /** Rules out what is written longer than needed, surrogates, and what lies beyond U+10FFFF. */
  private static boolean isSecond(int first, int second) {
    return switch (first) {
      case 0xE0 -> second >= 0xA0 && second <= 0xBF;
      case 0xED -> second >= 0x80 && second <= 0x9F;
      case 0xF0 -> second >= 0x90 && second <= 0xBF;
      case 0xF4 -> second >= 0x80 && second <= 0x8F;
      default -> isContinuation(second);
    };
  }

  private static boolean isContinuation(int next) {
    return next >= 0x80 && next <= 0xBF;
  }
}
