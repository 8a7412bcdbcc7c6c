package dev.limpid.testdata;

import static dev.limpid.testdata.Close.assertClose;
import static dev.limpid.testdata.Close.assertCloseToLargest;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CloseTest {
  @Test
  void theToleranceIsTheLargestDistance() {
    assertClose(1.25, 1, 0.25);
    assertFails(() -> assertClose(1.25, 1, 0.24), "number: 1.25 is not within 0.24 of 1.0");
  }

  @Test
  void whatIsNaNIsCloseToNothing() {
    float[] nan = {1, Float.NaN};
    assertFails(() -> assertClose(Double.NaN, Double.NaN, 1), "NaN");
    assertFails(() -> assertClose("x", nan, new float[] {1, 0}, 1), "x[1]: NaN");
    assertFails(() -> assertCloseToLargest("x", new float[] {1, 0}, nan, 1), "x[");
  }

  @Test
  void thePlaceIsNamed() {
    float[] expected = {0, -100, 7};
    assertCloseToLargest("x", new float[] {1, -99, 8}, expected, 0.01);
    assertFails(
        () -> assertCloseToLargest("x", new float[] {1, -99, 8.5f}, expected, 0.01),
        "x[2]: 8.5 is not within 1.0 of 7.0");
    assertFails(() -> assertClose("x", new float[2], expected, 1000), "x: 2 numbers, not 3");
  }

  private static void assertFails(Runnable assertion, String message) {
    assertThatThrownBy(assertion::run)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(message);
  }
}
