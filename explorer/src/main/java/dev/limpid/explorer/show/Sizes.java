package dev.limpid.explorer.show;

import java.util.Locale;

/** Numbers in words of people. */
public final class Sizes {
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String[] DECIMAL = {"", " thousand", " million", " billion"};

  private Sizes() {}

  /** Returns bytes as in "1.4 GiB". */
  public static String binary(long bytes) {
    return scaled(bytes, 1024, BINARY, " ");
  }

  /** Returns a count as in "135 million". */
  public static String count(long number) {
    return scaled(number, 1000, DECIMAL, "");
  }

  private static String scaled(long number, int base, String[] units, String gap) {
    double value = number;
    int unit = 0;
    while (value >= base && unit < units.length - 1) {
      value /= base;
      unit++;
    }
    String digits = String.format(Locale.ROOT, unit == 0 || value >= 100 ? "%.0f" : "%.1f", value);
    return digits + gap + units[unit];
  }
}
