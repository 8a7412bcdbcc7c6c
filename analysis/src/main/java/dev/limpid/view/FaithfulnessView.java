package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.limpid.json.Decimals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The document of {@code limpid faithfulness}; values are means over the prompts.
 *
 * @param prompts how many were used
 * @param skipped those that could not be run
 * @param ablation what comes in place of what does not run: zero, patch or mean
 * @param components all, or attention alone
 * @param patterns recomputed or frozen
 * @param mode of the routes
 * @param full the metric of the whole model
 * @param empty the metric of the empty circuit
 * @param universe how many components there are
 * @param correlations null where they were not asked for
 */
@JsonTypeName("limpid/faithfulness/1")
public record FaithfulnessView(
    ModelView model,
    int prompts,
    List<Skipped> skipped,
    String metric,
    String ablation,
    String components,
    String patterns,
    String mode,
    @Decimals(Decimals.LOGIT) double full,
    @Decimals(Decimals.LOGIT) double empty,
    Number universe,
    List<RouteView> routes,
    List<CurveView> curves,
    @Nullable List<CorrelationView> correlations)
    implements Document {

  /**
   * A prompt that could not be run.
   *
   * @param prompt file and line
   * @param reason one line
   */
  public record Skipped(String prompt, String reason) {}

  /**
   * A route that runs as a circuit.
   *
   * @param terms how many terms of attention are on it
   * @param mlps how many MLPs are on it
   * @param fraction of all components
   * @param kept the route alone
   * @param removed all but the route
   * @param random circuits by chance with as many terms and MLPs
   */
  public record RouteView(
      double threshold,
      Number terms,
      Number mlps,
      double fraction,
      OutcomeView kept,
      OutcomeView removed,
      RandomView random) {}

  /**
   * What a circuit predicts.
   *
   * @param value of the metric
   * @param recovered 0 like nothing, 1 like the whole model; null where those do not differ
   * @param probability of the answer
   * @param kl KL(whole model || circuit), in nats
   */
  public record OutcomeView(
      @Decimals(Decimals.LOGIT) double value,
      @Nullable Double recovered,
      double probability,
      @Decimals(Decimals.LOGIT) double kl) {}

  /**
   * What circuits by chance recover; null where the whole model and nothing do not differ.
   *
   * @param kept each of them alone
   * @param removed all but each of them
   */
  public record RandomView(@Nullable Spread kept, @Nullable Spread removed) {}

  /**
   * A middle and where most lie.
   *
   * @param low the 10th percentile
   * @param high the 90th percentile
   */
  public record Spread(double median, double low, double high) {}

  /**
   * What the first components of an order recover.
   *
   * @param sizes the shares of all components that run
   * @param values the metric at each
   * @param recovered null where the whole model and nothing do not differ
   * @param cpr the area under what is recovered, null likewise
   * @param cmd the area under |1 - recovered|, null likewise
   */
  public record CurveView(
      String method,
      List<Double> sizes,
      @Decimals(Decimals.LOGIT) List<Double> values,
      @Nullable List<Double> recovered,
      @Nullable Double cpr,
      @Nullable Double cmd) {}

  /**
   * How alike the order by a score is to the order by measured effects.
   *
   * @param kind head, mlp or term
   * @param with the score
   * @param effect what came in place of single components: zero, patch or mean
   * @param spearman null where there is nothing to rank
   * @param kendall null likewise
   * @param magnitude whether signs are ignored
   * @param n how many were compared
   */
  public record CorrelationView(
      String kind,
      String with,
      String effect,
      @Nullable Double spearman,
      @Nullable Double kendall,
      boolean magnitude,
      int n) {}
}
