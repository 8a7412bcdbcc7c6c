package dev.limpid.testdata;

/** Assertions on numbers that rounding keeps from being equal; what is NaN is close to nothing. */
public final class Close {
  private Close() {}

  /** Fails unless the numbers are at most {@code tolerance} apart. */
  public static void assertClose(double actual, double expected, double tolerance) {
    assertClose("number", actual, expected, tolerance);
  }

  /** Fails unless the numbers are at most {@code tolerance} apart; {@code name} says which. */
  public static void assertClose(String name, double actual, double expected, double tolerance) {
    // Written so that a NaN fails.
    if (!(Math.abs(actual - expected) <= tolerance)) {
      throw new AssertionError(
          "%s: %s is not within %s of %s".formatted(name, actual, tolerance, expected));
    }
  }

  /** Fails unless as many numbers, each in its place, are at most {@code tolerance} apart. */
  public static void assertClose(String name, float[] actual, float[] expected, double tolerance) {
    if (actual.length != expected.length) {
      throw new AssertionError(
          "%s: %d numbers, not %d".formatted(name, actual.length, expected.length));
    }
    for (int i = 0; i < expected.length; i++) {
      // The name of a place is made for those that fail: there are millions.
      if (!(Math.abs((double) actual[i] - expected[i]) <= tolerance)) {
        assertClose(name + "[" + i + "]", actual[i], expected[i], tolerance);
      }
    }
  }

  /** Fails like {@link #assertClose}, by a tolerance relative to the largest expected number. */
  public static void assertCloseToLargest(
      String name, float[] actual, float[] expected, double tolerance) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertClose(name, actual, expected, tolerance * largest);
  }
}
