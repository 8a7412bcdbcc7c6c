package dev.limpid.explorer.show;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as people read them, the same in all texts for a terminal; see docs/notation.md. */
final class Numbers {
  /** What would be rounded to 0.0 per cent, and is not nothing. */
  private static final double LEAST_SHARE = 0.0005;

  private Numbers() {}

  /** Returns a probability, attention or share, such as "48.3 %"; at most 7 columns wide. */
  static String percent(double share) {
    return share > 0 && share < LEAST_SHARE ? "<0.1 %" : rounded(100 * share, 1) + " %";
  }

  /** Returns a share that may be negative, or more than all, such as "-45.7 %". */
  static String signedPercent(double share) {
    return rounded(100 * share, 1) + " %";
  }

  /** Returns a logit, an entropy, or the score of a role, such as "14.732". */
  static String logit(double logit) {
    return rounded(logit, 3);
  }

  /** Returns what is added to a logit, such as "+5.812". */
  static String change(double logit) {
    String change = logit(logit);
    return change.startsWith("-") ? change : "+" + change;
  }

  /** Returns a contribution, a signed score or an activation, such as "0.4831". */
  static String contribution(double contribution) {
    return rounded(contribution, 4);
  }

  /** Never "-0.000": a zero of BigDecimal has no sign. */
  private static String rounded(double number, int decimals) {
    return new BigDecimal(number).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
  }
}
