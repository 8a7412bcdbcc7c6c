package dev.limpid.explorer.cli;

/** Texts of tokens as they can be shown on one line of a terminal. */
final class TerminalText {
  private TerminalText() {}

  /** Returns a text with its line breaks, tabs and control characters as escapes. */
  static String text(String text) {
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

  /** Returns a text of exactly that many columns, cut off or filled up on the right. */
  static String columns(String text, int width) {
    int length = text.codePointCount(0, text.length());
    if (length <= width) {
      return text + " ".repeat(width - length);
    }
    return text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
  }
}
