package dev.limpid.tensor.files;

/** Texts from files nobody vouches for, made fit for a message of one line. */
public final class OneLine {
  private static final int LONGEST = 300;

  private OneLine() {}

  /**
   * Returns a text without line breaks and other control characters, each of them as U+FFFD, and
   * cut where it is very long.
   */
  public static String of(String text) {
    boolean fits = text.length() <= LONGEST;
    String start = fits ? text : text.substring(0, text.offsetByCodePoints(0, LONGEST / 2)) + "…";
    StringBuilder line = new StringBuilder(start.length());
    start.codePoints().forEach(c -> line.appendCodePoint(isPlain(c) ? c : 0xFFFD));
    return line.toString();
  }

  private static boolean isPlain(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
