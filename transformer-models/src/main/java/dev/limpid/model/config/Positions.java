package dev.limpid.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** How a model learns where a token stands. */
public sealed interface Positions {

  /**
   * A learned vector per position, added to the embedding.
   *
   * @param offset the row of the table that belongs to position 0
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

  /** Not at all, but for what a query sees and what not. */
  record None() implements Positions {}

  /**
   * Scores that grow with the position of the key, steeper in some heads than in others (Press et
   * al. 2021, "Train Short, Test Long").
   *
   * @param rounded whether what is added was rounded to BF16, and is scaled with the scores
   */
  record Alibi(boolean rounded) implements Positions {
    /**
     * Returns how steep each of some heads is: powers of one number for as many heads as make a
     * power of 2, and for the others those in between.
     */
    public static List<Float> slopes(int nHeads) {
      int whole = Integer.highestOneBit(nHeads);
      List<Float> slopes = new ArrayList<>();
      for (int h = 0; h < nHeads; h++) {
        double power = h < whole ? -8.0 * (h + 1) / whole : -4.0 * (2 * (h - whole) + 1) / whole;
        slopes.add((float) Math.pow(2, power));
      }
      return slopes;
    }
  }

  /**
   * A rotation of its own for each layer, or none.
   *
   * @param layers [L]
   */
  record ByLayer(List<Positions> layers) implements Positions {
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
     * Long wavelengths are divided by the factor, short ones kept, with a ramp between.
     *
     * @param originalContext the context the model was trained with first
     */
    record ByWavelength(double factor, double lowFactor, double highFactor, int originalContext)
        implements Scaling {
      public ByWavelength {
        requirePositive("factor", factor);
        requirePositive("low_freq_factor", lowFactor);
        requirePositive("high_freq_factor", highFactor);
        requirePositive("original_max_position_embeddings", originalContext);
      }
    }

    /**
     * Yarn: high frequencies are kept, low ones divided by the factor, with a ramp between; cosines
     * and sines are multiplied (Peng et al. 2023).
     *
     * @param low the frequency at which the ramp begins, counted from the highest
     * @param high the frequency at which it ends
     * @param magnitude what cosines and sines are multiplied with
     */
    record Yarn(double factor, double low, double high, double magnitude) implements Scaling {
      public Yarn {
        requirePositive("factor", factor);
        requirePositive("the ramp of yarn", high - low);
        requirePositive("attention_factor", magnitude);
      }
    }

    /**
     * Longrope: every frequency divided by a number of its own, one of two, as the whole prompt is
     * short or long; cosines and sines are multiplied (Ding et al. 2024).
     *
     * @param shortDivisors [n/2], for prompts up to the original context
     * @param longDivisors [n/2], for longer ones
     * @param magnitude what cosines and sines are multiplied with
     */
    record LongRope(
        List<Float> shortDivisors, List<Float> longDivisors, int originalContext, double magnitude)
        implements Scaling {
      /** Copies the lists. */
      public LongRope {
        shortDivisors = new Divided(shortDivisors).divisors;
        longDivisors = new Divided(longDivisors).divisors;
        requirePositive("original_max_position_embeddings", originalContext);
        requirePositive("attention_factor", magnitude);
      }

      @Override
      public boolean isLong(int nPositions) {
        return nPositions > originalContext;
      }
    }

    /** Returns whether a prompt of so many tokens is turned by the angles of long ones. */
    default boolean isLong(int nPositions) {
      return false;
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
