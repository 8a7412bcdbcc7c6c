package dev.limpid.explorer.show;

/** Bars in a line of text, to the eighth of a column. */
final class Bar {
  private static final String PARTS = " ▏▎▍▌▋▊▉";

  private Bar() {}

  /**
   * Returns a bar without blanks at its end.
   *
   * @param share of the whole width, in [0, 1]
   * @param width the columns of 1
   */
  static String of(double share, int width) {
    int eighths = (int) Math.round(8 * width * Math.clamp(share, 0, 1));
    String rest = eighths % 8 == 0 ? "" : PARTS.substring(eighths % 8, eighths % 8 + 1);
    return "█".repeat(eighths / 8) + rest;
  }

  /**
   * Returns a bar for a number with a sign: what is negative is drawn lighter.
   *
   * @param number in [-1, 1]
   */
  static String signed(double number, int width) {
    return number >= 0 ? of(number, width) : "░".repeat((int) Math.round(-number * width));
  }
}
