package dev.limpid.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

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
   * @param part how many elements of each head are turned, the first ones; all where it is empty
   */
  record Rotary(double theta, Scaling scaling, OptionalInt part) implements Positions {
    public Rotary {
      requirePositive("rope_theta", theta);
    }

    /** A rotation of whole heads. */
    public Rotary(double theta, Scaling scaling) {
      this(theta, scaling, OptionalInt.empty());
    }

    /** Returns the same rotation with its frequencies stretched in another way. */
    public Rotary withScaling(Scaling other) {
      return new Rotary(theta, other, part);
    }

    /** Returns the same rotation of the first so many elements of each head. */
    public Rotary withPart(int elements) {
      return new Rotary(theta, scaling, OptionalInt.of(elements));
    }
  }

  /**
   * A rotation of its own for each layer.
   *
   * @param layers [L]
   */
  record ByLayer(List<Rotary> layers) implements Positions {
    /** Copies the list. */
    public ByLayer {
      layers = List.copyOf(layers);
    }

    @Override
    public Positions at(int layer) {
      return layers.get(layer);
    }
  }

  /** Returns how one layer learns it. */
  default Positions at(int layer) {
    return this;
  }

  /** How the frequencies are stretched for long contexts. */
  sealed interface Scaling {
    /** Not at all. */
    record None() implements Scaling {}

    /** All frequencies divided by a factor. */
    record Linear(double factor) implements Scaling {
      public Linear {
        requirePositive("factor", factor);
      }
    }

    /**
     * Llama-3's: long wavelengths are divided by the factor, short ones kept, with a ramp between.
     *
     * @param originalContext the context the model was trained with first
     */
    record Llama3(double factor, double lowFactor, double highFactor, int originalContext)
        implements Scaling {
      public Llama3 {
        requirePositive("factor", factor);
        requirePositive("low_freq_factor", lowFactor);
        requirePositive("high_freq_factor", highFactor);
        requirePositive("original_max_position_embeddings", originalContext);
      }
    }

    /**
     * Every frequency divided by a number of its own.
     *
     * @param divisors [d/2], from the highest frequency to the lowest
     */
    record Divided(List<Float> divisors) implements Scaling {
      /** Copies the list. */
      public Divided {
        divisors = List.copyOf(divisors);
        divisors.forEach(divisor -> requirePositive("the divisor of a frequency", divisor));
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

  private static void requirePositive(String what, double value) {
    // As a float, in which angles are computed: neither 0 nor infinite.
    if (!((float) value >= Float.MIN_NORMAL && (float) value <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "%s is %s, should be a positive number".formatted(what, value));
    }
  }
}
