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
   * Returns the angles of {@code count} positions from {@code first} on.
   *
   * <p>Frequencies and angles are rounded to float at each step as Hugging Face does: at position
   * 2000 exact angles would differ by 6e-5 in the cosine.
   */
  static Angles angles(Positions.Rotary rotary, int dHead, int first, int count) {
    float[] frequencies = frequencies(rotary, dHead);
    Tensor cos = Tensor.zeros(count, frequencies.length);
    Tensor sin = Tensor.zeros(count, frequencies.length);
    for (int t = 0; t < count; t++) {
      for (int i = 0; i < frequencies.length; i++) {
        float angle = (first + t) * frequencies[i];
        cos.array()[t * frequencies.length + i] = (float) Math.cos(angle);
        sin.array()[t * frequencies.length + i] = (float) Math.sin(angle);
      }
    }
    return new Angles(cos, sin);
  }

  private static float[] frequencies(Positions.Rotary rotary, int dHead) {
    float[] frequencies = new float[dHead / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float exponent = (float) (2 * i) / dHead;
      float frequency = 1 / (float) Math.pow(rotary.theta(), exponent);
      frequencies[i] =
          switch (rotary.scaling()) {
            case Positions.Scaling.None() -> frequency;
            case Positions.Scaling.Linear(double factor) -> frequency / (float) factor;
            case Positions.Scaling.Llama3 llama3 -> stretch(llama3, frequency);
            case Positions.Scaling.Divided(List<Float> divisors) -> frequency / divisors.get(i);
          };
    }
    return frequencies;
  }

  /** Long waves are divided by the factor, short ones kept, those between interpolated. */
  private static float stretch(Positions.Scaling.Llama3 scaling, float frequency) {
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
