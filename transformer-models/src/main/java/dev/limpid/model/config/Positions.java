package dev.limpid.model.config;

import java.util.ArrayList;
import java.util.List;

/** How a model learns where a token stands. */
public sealed interface Positions {

  /**
   * A learned vector per position, added to the embedding.
   *
   * @param offset the row of the table that belongs to position 0 (OPT: 2)
   */
  record Learned(int offset) implements Positions {}

  /**
   * Rotation of queries and keys by angles that grow with the position.
   *
   * @param theta the base of the frequencies
   */
  record Rotary(double theta, Scaling scaling) implements Positions {}

  /** How the frequencies are stretched for long contexts. */
  sealed interface Scaling {
    /** Not at all. */
    record None() implements Scaling {}

    /** All frequencies divided by a factor. */
    record Linear(double factor) implements Scaling {}

    /**
     * Llama-3's: long wavelengths are divided by the factor, short ones kept, with a ramp between.
     *
     * @param originalContext the context the model was trained with first
     */
    record Llama3(double factor, double lowFactor, double highFactor, int originalContext)
        implements Scaling {}

    /**
     * Every frequency divided by a number of its own.
     *
     * @param divisors [d/2], from the highest frequency to the lowest
     */
    record Divided(List<Float> divisors) implements Scaling {
      /** Copies the list. */
      public Divided {
        divisors = List.copyOf(divisors);
      }

      /** Returns the scaling by these divisors. */
      public static Divided by(float[] divisors) {
        List<Float> list = new ArrayList<>();
        for (float divisor : divisors) {
          list.add(divisor);
        }
        return new Divided(list);
      }
    }
  }
}
