package dev.limpid;

import java.util.Locale;

/**
 * How a number is attributed to tokens or components.
 *
 * @param method what is computed
 * @param ablation what comes in the place of a component, for patching
 * @param steps points of the path, for methods that have one
 * @param patternsFrozen whether attention patterns count as constants
 * @param alpha the share of attention that relevance gives to its patterns, from 0 to 1
 */
public record AttributionSettings(
    Method method, Ablation ablation, int steps, boolean patternsFrozen, double alpha) {
  /** Points of a path: with a source prompt, its error is some thousandths. */
  public static final int STEPS = 16;

  /** The share of attention that relevance gives to its patterns. */
  public static final double ALPHA = 0.2;

  private static final int MOST_STEPS = 10_000;

  /** What is computed. */
  public enum Method {
    /** How long the gradient in each token's embedding is. */
    SALIENCY(true),
    /** Gradient times embedding. */
    INPUT_X_GRADIENT(true),
    /** Its mean along the path from a source's embeddings, or from zeros. */
    INTEGRATED_GRADIENTS(true),
    /** The effect of putting another value in a component's place, to first order. */
    ATTRIBUTION_PATCHING(false),
    /** The same with the mean gradient along the path from a source's embeddings. */
    ATTRIBUTION_PATCHING_IG(false),
    /** What comes from each component and each token, by the rules of relevance. */
    RELEVANCE(false),
    /** Attribution patching by the rules of relevance. */
    RELEVANCE_PATCHING(false);

    private final boolean ofTokens;

    Method(boolean ofTokens) {
      this.ofTokens = ofTokens;
    }

    /** Returns whether only tokens have scores. */
    public boolean isOfTokens() {
      return ofTokens;
    }

    /** Returns whether gradients are taken along a path. */
    public boolean hasPath() {
      return this == INTEGRATED_GRADIENTS || this == ATTRIBUTION_PATCHING_IG;
    }

    /** Returns whether components are compared with others that come in their place. */
    public boolean isPatching() {
      return this == ATTRIBUTION_PATCHING
          || this == ATTRIBUTION_PATCHING_IG
          || this == RELEVANCE_PATCHING;
    }

    /** Returns whether the rules of relevance take the place of derivatives. */
    public boolean hasRelevance() {
      return this == RELEVANCE || this == RELEVANCE_PATCHING;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Checks the numbers. */
  public AttributionSettings {
    if (steps < 1 || steps > MOST_STEPS) {
      throw new IllegalArgumentException(
          "%d steps, should be from 1 to %d".formatted(steps, MOST_STEPS));
    }
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException("alpha is " + alpha + ", should be from 0 to 1");
    }
  }

  /** Returns a method with everything else as it is by default. */
  public static AttributionSettings of(Method method) {
    return new AttributionSettings(method, Ablation.ZERO, STEPS, false, ALPHA);
  }

  /** Returns the same with something else in the place of components. */
  public AttributionSettings with(Ablation other) {
    return new AttributionSettings(method, other, steps, patternsFrozen, alpha);
  }

  /** Returns the same with so many points of the path. */
  public AttributionSettings withSteps(int number) {
    return new AttributionSettings(method, ablation, number, patternsFrozen, alpha);
  }

  /** Returns the same with attention patterns that count as constants, or not. */
  public AttributionSettings withPatternsFrozen(boolean frozen) {
    return new AttributionSettings(method, ablation, steps, frozen, alpha);
  }

  /** Returns the same with that share of attention for its patterns. */
  public AttributionSettings withAlpha(double share) {
    return new AttributionSettings(method, ablation, steps, patternsFrozen, share);
  }
}
