package dev.limpid.explorer.show;

import dev.limpid.view.PredictionView;
import dev.limpid.view.TokenView;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Texts of tokens as they can be shown on one line of a terminal. */
public final class TerminalText {
  private TerminalText() {}

  /** Returns a text with its line breaks, tabs and control characters as escapes. */
  public static String text(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            case '"' -> line.append("\\\"");
            default -> {
              if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                line.append(String.format("\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            }
          }
        });
    return line.toString();
  }

  /** Returns a token for people: its text in quotation marks, or its number. */
  public static String quoted(int id, @Nullable String text) {
    return text == null ? "#" + id : '"' + text(text) + '"';
  }

  /** Returns a token of a prompt for people. */
  static String quoted(TokenView token) {
    return quoted(token.id(), token.text());
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

  /** Returns a setting as people write it: no exponent, no zeros at its end. */
  public static String exact(double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    return exact.signum() == 0 ? "0" : exact.stripTrailingZeros().toPlainString();
  }

  /**
   * Returns a text with line breaks between words, so that no line is wider; each begins as the
   * text does.
   */
  static String wrapped(String text, int width) {
    String indent = text.substring(0, text.length() - text.stripLeading().length());
    StringBuilder lines = new StringBuilder(indent);
    int used = 0;
    for (String word : text.strip().split(" ", -1)) {
      int next = width(word);
      if (used > 0 && indent.length() + used + 1 + next > width) {
        lines.append('\n').append(indent);
        used = 0;
      } else if (used > 0) {
        lines.append(' ');
        used++;
      }
      lines.append(word);
      used += next;
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
