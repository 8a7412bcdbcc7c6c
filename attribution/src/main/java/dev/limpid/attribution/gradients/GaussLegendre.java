package dev.limpid.attribution.gradients;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A point at which a function on [0, 1] is asked for its mean; n of them are exact for polynomials
 * of degree 2n - 1. Commons Math has them too, but is no named module: an image of the modules
 * below routes is linked without it.
 *
 * @param at in (0, 1)
 * @param weight those of all points sum to 1
 */
record GaussLegendre(double at, double weight) {
  private static final int MOST_STEPS = 100;

  /** Returns n points, in ascending order. */
  static List<GaussLegendre> points(int n) {
    return IntStream.range(0, n).mapToObj(i -> point(n, i)).toList();
  }

  /** The i-th root of the Legendre polynomial of degree n, by Newton's method. */
  private static GaussLegendre point(int n, int i) {
    double x = -Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
    double slope = 1;
    for (int step = 0; step < MOST_STEPS; step++) {
      double before = 0;
      double value = 1;
      for (int k = 1; k <= n; k++) {
        double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
        before = value;
        value = next;
      }
      slope = n * (x * value - before) / (x * x - 1);
      double change = value / slope;
      x -= change;
      if (Math.abs(change) < Math.ulp(1.0)) {
        break;
      }
    }
    return new GaussLegendre((1 + x) / 2, 1 / ((1 - x * x) * slope * slope));
  }
}
