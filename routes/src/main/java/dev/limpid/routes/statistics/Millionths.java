package dev.limpid.routes.statistics;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Numbers as the JSON document of a route writes them, with 6 decimals, as whole millionths. Sums
 * of them, and of products of two, are exact; so they do not depend on the order.
 */
final class Millionths {
  /** The decimals. */
  static final int DECIMALS = 6;

  private static final double ONE = 1e6;

  /** Far above any share or entropy; below it, rounding of the product cannot hide a half. */
  private static final double CLEAR = 1e9;

  private Millionths() {}

  /** Returns a number rounded half to even in its shortest decimal form. */
  static long of(double value) {
    double scaled = value * ONE;
    double nearest = Math.rint(scaled);
    boolean isClear =
        Math.abs(scaled) < CLEAR && Math.abs(Math.abs(scaled - nearest) - 0.5) > 1 / ONE;
    return isClear
        ? (long) nearest
        : BigDecimal.valueOf(value)
            .setScale(DECIMALS, RoundingMode.HALF_EVEN)
            .unscaledValue()
            .longValueExact();
  }
}
