package dev.limpid.explorer.show;

import dev.limpid.view.PredictionView;
import dev.limpid.view.TokenView;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts of tokens as they can be shown on one line of a terminal. */
public final class TerminalText {
  private static final char BLANK = '␣';

  /** What stands on the character before. */
  private static final Pattern MARK = Pattern.compile("\\p{M}");

  private static final Pattern WORD = Pattern.compile("( *)((?:\"(?:[^\"\\\\]|\\\\.)*+\"|[^ ])++)");

  /**
   * What has a meaning of its own here; controls and other blanks; and characters without a picture
   * that Unicode counts elsewhere: fillers of Hangul, vowels without a sign in Khmer, the empty
   * pattern of Braille, selectors of variants.
   */
  private static final Pattern UNSEEN =
      Pattern.compile(
          "[\"\\\\␣]|[\\p{C}\\p{Z}&&[^ ]]"
              + "|[\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\uffa0]"
              + "|[\\ufe00-\\ufe0f\\x{e0100}-\\x{e01ef}]");

  private TerminalText() {}

  /**
   * Returns a text on one line, so that no two texts look alike: what cannot be seen, or looks like
   * something else, is written as an escape ({@code \n}, {@code \u00a0}), and a text of blanks
   * alone as {@code ␣}.
   */
  public static String text(String text) {
    if (!text.isEmpty() && text.chars().allMatch(c -> c == ' ')) {
      return String.valueOf(BLANK).repeat(text.length());
    }
    // A letter with an accent, and a letter and an accent: two texts that look the same.
    boolean isComposed = isComposed(text);
    StringBuilder line = new StringBuilder();
    for (int c : text.codePoints().toArray()) {
      String one = Character.toString(c);
      boolean isLoose = MARK.matcher(one).matches() && (line.isEmpty() || !isComposed);
      boolean isSeen = !UNSEEN.matcher(one).matches() && isComposed(one);
      line.append(isSeen && !isLoose ? one : escape(c));
    }
    return line.toString();
  }

  private static boolean isComposed(String text) {
    return Normalizer.isNormalized(text, Normalizer.Form.NFC);
  }

  private static String escape(int c) {
    return switch (c) {
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      default -> (c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c);
    };
  }

  /** Returns a token for people: its text in quotation marks, or its number. */
  public static String quoted(int id, @Nullable String text) {
    return text == null ? "#" + id : '"' + text(text) + '"';
  }

  /** Returns a token of a prompt for people. */
  static String quoted(TokenView token) {
    return quoted(token.id(), token.text());
  }

  /** Returns a token as the name of a column, without its blanks. */
  static String bare(TokenView token) {
    return token.text() == null ? "#" + token.id() : text(token.text()).strip();
  }

  /** Returns a predicted token for people. */
  static String quoted(PredictionView prediction) {
    return quoted(prediction.id(), prediction.text());
  }

  /** Returns a logit for people, or the difference of two. */
  static String logitName(PredictionView answer, @Nullable PredictionView distractor) {
    String one = "logit(" + quoted(answer) + ")";
    return distractor == null ? one : one + " - logit(" + quoted(distractor) + ")";
  }

  /** Returns what is measured of a prediction for people, by the name of its metric. */
  static String metricName(
      String metric, PredictionView answer, @Nullable PredictionView distractor) {
    return switch (metric) {
      case "logit_difference" -> logitName(answer, distractor);
      case "logit" -> logitName(answer, null);
      case "probability" -> "p(" + quoted(answer) + ")";
      case "log_probability" -> "log p(" + quoted(answer) + ")";
      default -> "the divergence from the prediction";
    };
  }

  /** Returns a setting as people write it: no exponent, no zeros at its end. */
  public static String exact(double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toPlainString();
  }

  /**
   * Returns a text with line breaks between words, so that no line is wider; each begins as the
   * text does. What stands in quotation marks is one word, as {@link #quoted} writes it.
   */
  static String wrapped(String text, int width) {
    String indent = text.substring(0, text.length() - text.stripLeading().length());
    StringBuilder lines = new StringBuilder(indent);
    int used = 0;
    for (MatchResult word : WORD.matcher(text.strip()).results().toList()) {
      int blanks = word.group(1).length();
      int next = width(word.group(2));
      if (used > 0 && indent.length() + used + blanks + next > width) {
        lines.append('\n').append(indent).append(word.group(2));
        used = next;
      } else {
        lines.append(word.group());
        used += blanks + next;
      }
    }
    return lines.toString();
  }

  /** Returns as many items as fit one line, the first in any case. */
  static String fitting(List<String> items, String separator, int width) {
    StringBuilder line = new StringBuilder();
    for (String item : items) {
      int next = width(line.toString()) + width(separator) + width(item);
      if (!line.isEmpty() && next > width) {
        break;
      }
      line.append(line.isEmpty() ? "" : separator).append(item);
    }
    return line.toString();
  }

  /** Returns a text of exactly that many columns, cut off or filled up on the right. */
  public static String columns(String text, int width) {
    int whole = width(text);
    if (whole <= width) {
      return text + " ".repeat(width - whole);
    }
    StringBuilder cut = new StringBuilder();
    int used = 0;
    for (int c : text.codePoints().toArray()) {
      used += width(c);
      if (used > width - 1) {
        break;
      }
      cut.appendCodePoint(c);
    }
    cut.append('…');
    return cut + " ".repeat(width - width(cut.toString()));
  }

  /** Returns how many columns of a terminal a text takes. */
  public static int width(String text) {
    return text.codePoints().map(TerminalText::width).sum();
  }

  /** As terminals do it: marks stand on the character before, East Asian ones take two columns. */
  private static int width(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(c) ? 2 : 1;
    };
  }

  /** East_Asian_Width W and F (UAX 11), by blocks. */
  private static boolean isWide(int c) {
    return c >= 0x1100
        && (c <= 0x115F
            || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F)
            || (c >= 0xA960 && c <= 0xA97F)
            || (c >= 0xAC00 && c <= 0xD7A3)
            || (c >= 0xF900 && c <= 0xFAFF)
            || (c >= 0xFE30 && c <= 0xFE6F)
            || (c >= 0xFF01 && c <= 0xFF60)
            || (c >= 0xFFE0 && c <= 0xFFE6)
            || (c >= 0x20000 && c <= 0x3FFFD)
            || Character.isEmojiPresentation(c));
  }
}
