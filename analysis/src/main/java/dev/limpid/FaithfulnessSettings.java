package dev.limpid;

import dev.limpid.routes.ThresholdMode;
import java.util.List;
import java.util.Locale;

/**
 * How the faithfulness of routes and orders is measured.
 *
 * @param methods the orders of components that curves are drawn for
 * @param ablation what comes in place of what does not run
 * @param withMlps whether MLPs are components; else they are all left as they are
 * @param patternsFrozen whether heads look where they look in the whole model
 * @param thresholds of the routes that are run as circuits
 * @param mode of these routes
 * @param signed whether orders by gradients begin with what helps; else with what matters most
 * @param draws how many circuits by chance stand beside each route
 * @param seed of these
 * @param steps points of the path of attribution patching with integrated gradients
 * @param alpha the share of attention that relevance gives to its patterns
 * @param correlations whether scores are compared with the measured effects of single components
 */
public record FaithfulnessSettings(
    List<Method> methods,
    Ablation ablation,
    boolean withMlps,
    boolean patternsFrozen,
    List<Double> thresholds,
    ThresholdMode mode,
    boolean signed,
    int draws,
    long seed,
    int steps,
    double alpha,
    boolean correlations) {

  /** The scores that put components in order. */
  public enum Method {
    /** How high a threshold a plain route may have that still has it. */
    ROUTES,
    /** The flow of the state it writes to, times its contribution. */
    FLOW,
    /** How much of the answer's logit goes through it, towards and away. */
    CONTRAST,
    /** How much it adds to the logit itself. */
    DIRECT,
    /** Attention weights; of terms alone. */
    ATTENTION,
    /** The effect of replacing it, to first order. */
    ATTRIBUTION_PATCHING,
    /** The same with the mean gradient along the path from the source. */
    ATTRIBUTION_PATCHING_IG,
    /** What is handed down to it from the logits by the rules of relevance. */
    RELEVANCE,
    /** The effect of replacing it, by the rules of relevance in place of derivatives. */
    RELEVANCE_PATCHING,
    /** Chance. */
    RANDOM;

    /**
     * Returns how important what works against the answer is, beside what works for it with as
     * large a score. By relevance it is less: so ordered, circuits come nearest to the model's own
     * strength.
     */
    public double harmful() {
      return switch (this) {
        case RELEVANCE -> 1.0 / 3;
        case RELEVANCE_PATCHING -> 1.0 / 2;
        default -> 1;
      };
    }

    /** Returns whether it needs a source prompt. */
    public boolean needsSource() {
      return this == ATTRIBUTION_PATCHING_IG;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is compared where nothing is said. */
  public static final List<Method> METHODS =
      List.of(Method.ROUTES, Method.CONTRAST, Method.RELEVANCE, Method.RANDOM);

  /** Copies the lists and checks the numbers. */
  public FaithfulnessSettings {
    methods = List.copyOf(methods);
    thresholds = List.copyOf(thresholds);
    for (double threshold : thresholds) {
      if (!(threshold >= 0 && threshold < 1)) {
        throw new IllegalArgumentException(
            "the threshold is " + threshold + ", it must be in [0, 1)");
      }
    }
    if (withMlps && methods.contains(Method.ATTENTION)) {
      throw new IllegalArgumentException("attention scores terms alone: leave out MLPs");
    }
    if (draws < 1) {
      throw new IllegalArgumentException(draws + " draws, at least one is needed");
    }
  }

  /** Returns the usual ones for an ablation. */
  public static FaithfulnessSettings of(Ablation ablation) {
    return of(METHODS, ablation);
  }

  /** Returns the usual ones for routes alone, without curves. */
  static FaithfulnessSettings ofRoutes(Ablation ablation) {
    return of(List.of(), ablation);
  }

  private static FaithfulnessSettings of(List<Method> methods, Ablation ablation) {
    return new FaithfulnessSettings(
        methods,
        ablation,
        true,
        false,
        List.of(0.04, 0.01),
        ThresholdMode.RENORMALISED,
        false,
        20,
        0,
        AttributionSettings.STEPS,
        AttributionSettings.ALPHA,
        false);
  }
}
