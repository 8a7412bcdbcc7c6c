package dev.limpid.tensor.ops;

import java.util.List;

/**
 * What becomes of the scaled products s of queries and keys before their softmax:
 *
 * <pre>
 *   s := cap tanh(s / cap)                 where there is a cap
 *   s := s + slope_h k                     where there are slopes, k the position of the key
 *   e^s / (e^sink_h + sum over keys e^s)   where there are sinks: rows then sum to less than 1
 * </pre>
 *
 * @param cap 0 for none
 * @param slopes of each query head, [H], or empty for none
 * @param rounding how what grows with the position is rounded
 * @param sinks a score of each query head that belongs to no key, [H], or empty for none
 */
public record ScoreRule(float cap, List<Float> slopes, Rounding rounding, List<Float> sinks) {
  /** Scores as they are. */
  public static final ScoreRule PLAIN = new ScoreRule(0, List.of(), Rounding.NONE, List.of());

  /** How slope_h k is rounded. */
  public enum Rounding {
    /** Not at all. */
    NONE,
    /** Slope, position and product to BF16 each, and the product is scaled as scores are. */
    BF16_BEFORE_SCALING
  }

  /** Copies the lists and checks the cap. */
  public ScoreRule {
    slopes = List.copyOf(slopes);
    sinks = List.copyOf(sinks);
    if (!(cap >= 0 && cap <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("the cap on scores is " + cap);
    }
  }

  /** Returns the same with another cap, 0 for none. */
  public ScoreRule withCap(float largest) {
    return new ScoreRule(largest, slopes, rounding, sinks);
  }

  /** Returns the same with these sinks, [H], or none. */
  public ScoreRule withSinks(List<Float> scores) {
    return new ScoreRule(cap, slopes, rounding, scores);
  }

  /** Returns whether scores stay as they are. */
  public boolean isPlain() {
    return cap == 0 && slopes.isEmpty() && sinks.isEmpty();
  }

  /**
   * Returns what becomes of the score of a key.
   *
   * @param score the product of query and key, scaled
   * @param scale what it was scaled with
   */
  public double of(int head, int key, double score, float scale) {
    double capped = cap == 0 ? score : cap * Math.tanh(score / cap);
    return slopes.isEmpty() ? capped : capped + bias(head, key, scale);
  }

  /** Returns what is added to the score of a key. */
  public double bias(int head, int key, float scale) {
    if (slopes.isEmpty()) {
      return 0;
    }
    return switch (rounding) {
      case NONE -> slopes.get(head) * key;
      case BF16_BEFORE_SCALING -> bf16(bf16(slopes.get(head)) * bf16(key)) * scale;
    };
  }

  /**
   * Returns the share of a sink in the softmax of scores, relative to e^largest; 0 without one.
   *
   * @param largest the largest score of the row, which others are taken relative to
   */
  public double sink(int head, double largest) {
    return sinks.isEmpty() ? 0 : Math.exp(sinks.get(head) - largest);
  }

  /** Rounds to the nearest number of 8 significant bits, ties to even. */
  private static float bf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
    return Float.intBitsToFloat(rounded & 0xFFFF0000);
  }
}
