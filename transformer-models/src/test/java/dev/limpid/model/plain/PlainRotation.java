package dev.limpid.model.plain;

import dev.limpid.model.config.Positions.Rotary;
import dev.limpid.model.config.Positions.Scaling;

/** Rotation of the first n elements of a head: pairs i, i + n/2 by the angle t f_i. */
record PlainRotation(Rotary facts, int dHead, int whole) {

  double[] turned(double[] head, int t) {
    int n = facts.part().orElse(dHead);
    double[] out = head.clone();
    for (int i = 0; i < n / 2; i++) {
      double angle = t * frequency(i, n);
      double a = head[i];
      double b = head[i + n / 2];
      out[i] = magnitude() * (a * Math.cos(angle) - b * Math.sin(angle));
      out[i + n / 2] = magnitude() * (b * Math.cos(angle) + a * Math.sin(angle));
    }
    return out;
  }

  private double magnitude() {
    return switch (facts.scaling()) {
      case Scaling.Yarn yarn -> yarn.magnitude();
      case Scaling.LongRope rope -> rope.magnitude();
      default -> 1;
    };
  }

  private double frequency(int i, int n) {
    double f = Math.pow(facts.theta(), -2.0 * i / n);
    return switch (facts.scaling()) {
      case Scaling.None _ -> f;
      case Scaling.Linear linear -> f / linear.factor();
      case Scaling.Divided divided -> f / divided.divisors().get(i);
      case Scaling.LongRope rope ->
          f / (whole <= rope.originalContext() ? rope.shortDivisors() : rope.longDivisors()).get(i);
      case Scaling.Yarn yarn -> {
        double ramp = (i - yarn.low()) / (yarn.high() - yarn.low());
        ramp = Math.min(1, Math.max(0, ramp));
        yield f * (1 - ramp) + f / yarn.factor() * ramp;
      }
      case Scaling.ByWavelength by -> {
        double waves = by.originalContext() * f / (2 * Math.PI); // in the original context
        double kept = (waves - by.lowFactor()) / (by.highFactor() - by.lowFactor());
        kept = Math.min(1, Math.max(0, kept));
        yield kept * f + (1 - kept) * f / by.factor();
      }
    };
  }
}
