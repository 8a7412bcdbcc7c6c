package dev.limpid.explorer.show;

import picocli.CommandLine.Help.Ansi;

/** Shares of a whole as shades, darker for more. */
final class Shade {
  /** What the shades mean, in a line. */
  static final String LEGEND = "· <2 %  ░ <10 %  ▒ <30 %  ▓ <60 %  █ more";

  private static final String SHADES = "·░▒▓█";
  private static final double[] FROM = {0, 0.02, 0.1, 0.3, 0.6};
  private static final int COLOURED_FROM = 2;

  private Shade() {}

  /** Returns a share as that many equal characters; blanks for none at all. */
  static String of(double share, int columns, Ansi ansi) {
    if (share <= 0) {
      return " ".repeat(columns);
    }
    int shade = 0;
    while (shade + 1 < FROM.length && share >= FROM[shade + 1]) {
      shade++;
    }
    String block = SHADES.substring(shade, shade + 1).repeat(columns);
    return shade < COLOURED_FROM ? block : ansi.string("@|green " + block + "|@");
  }
}
