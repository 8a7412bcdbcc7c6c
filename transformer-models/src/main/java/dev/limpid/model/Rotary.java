package dev.limpid.model;

import dev.limpid.model.config.Positions;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import java.util.List;

/** Cosines and sines of the angles by which rotary models turn queries and keys. */
final class Rotary {
  /**
   * The angles of T positions.
   *
   * @param cos [T, d/2]
   * @param sin [T, d/2]
   */
  record Angles(Tensor cos, Tensor sin) {
    /** Returns the same angles where these operations compute, until the scope ends. */
    Angles on(TensorOps ops) {
      return new Angles(copy(ops, cos), copy(ops, sin));
    }

    /** Returns the angles of some of the positions, in the order given, on the heap. */
    Angles of(int[] positions) {
      return new Angles(cos.gather(positions), sin.gather(positions));
    }

    private static Tensor copy(TensorOps ops, Tensor x) {
      Tensor copy = ops.zeros(x.dim(0), x.dim(1));
      ops.copy(x, copy);
      return copy;
    }
  }

  private Rotary() {}

  /**
   * Returns the angles of {@code count} positions from {@code first} on, of a text of {@code whole}
   * tokens.
   *
   * <p>Frequencies and angles are rounded to float at each step as Hugging Face does: at position
   * 2000 exact angles would differ by 6e-5 in the cosine.
   */
  static Angles angles(Positions.Rotary rotary, int dHead, int first, int count, int whole) {
    float[] frequencies = frequencies(rotary, rotary.part().orElse(dHead), whole);
    double magnitude = magnitude(rotary.scaling());
    Tensor cos = Tensor.zeros(count, frequencies.length);
    Tensor sin = Tensor.zeros(count, frequencies.length);
    for (int t = 0; t < count; t++) {
      for (int i = 0; i < frequencies.length; i++) {
        float angle = (first + t) * frequencies[i];
        cos.array()[t * frequencies.length + i] = (float) (Math.cos(angle) * magnitude);
        sin.array()[t * frequencies.length + i] = (float) (Math.sin(angle) * magnitude);
      }
    }
    return new Angles(cos, sin);
  }

  /** What cosines and sines are multiplied with. */
  private static double magnitude(Positions.Scaling scaling) {
    return switch (scaling) {
      case Positions.Scaling.Yarn yarn -> yarn.magnitude();
      case Positions.Scaling.LongRope rope -> rope.magnitude();
      default -> 1;
    };
  }

  private static float[] frequencies(Positions.Rotary rotary, int n, int whole) {
    float[] frequencies = new float[n / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float exponent = (float) (2 * i) / n;
      float frequency = 1 / (float) Math.pow(rotary.theta(), exponent);
      frequencies[i] =
          switch (rotary.scaling()) {
            case Positions.Scaling.None() -> frequency;
            case Positions.Scaling.Linear(double factor) -> frequency / (float) factor;
            case Positions.Scaling.ByWavelength ramp -> stretch(ramp, frequency);
            case Positions.Scaling.Yarn yarn -> ramp(yarn, i, frequency);
            case Positions.Scaling.LongRope rope ->
                frequency
                    / (rope.isLong(whole) ? rope.longDivisors() : rope.shortDivisors()).get(i);
            case Positions.Scaling.Divided(List<Float> divisors) -> frequency / divisors.get(i);
          };
    }
    return frequencies;
  }

  /** High frequencies are kept, low ones divided by the factor, those between interpolated. */
  private static float ramp(Positions.Scaling.Yarn yarn, int i, float frequency) {
    double ramp = Math.clamp((i - yarn.low()) / (yarn.high() - yarn.low()), 0, 1);
    return (float) (frequency * (1 - ramp) + frequency / yarn.factor() * ramp);
  }

  /** Long waves are divided by the factor, short ones kept, those between interpolated. */
  private static float stretch(Positions.Scaling.ByWavelength scaling, float frequency) {
    double context = scaling.originalContext();
    double wavelength = 2 * Math.PI / frequency;
    if (wavelength < context / scaling.highFactor()) {
      return frequency;
    }
    if (wavelength > context / scaling.lowFactor()) {
      return (float) (frequency / scaling.factor());
    }
    double smooth =
        (context / wavelength - scaling.lowFactor()) / (scaling.highFactor() - scaling.lowFactor());
    return (float) ((1 - smooth) * frequency / scaling.factor() + smooth * frequency);
  }
}
