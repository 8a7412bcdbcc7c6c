package dev.limpid;

import dev.limpid.attribution.logits.Metric;
import org.jspecify.annotations.Nullable;

/**
 * The number that an experiment reads from a prediction.
 *
 * @param position whose prediction it is
 * @param answer the next token of interest; null for the most probable
 * @param distractor a token it is compared with, or null
 * @param metric null for the logit difference where there is a distractor, else the log probability
 */
public record Measure(
    int position,
    @Nullable Integer answer,
    @Nullable Integer distractor,
    Metric.@Nullable Kind metric) {

  /** Returns what is read where nothing else is said, of an answer against a distractor. */
  public static Measure of(int position, int answer, @Nullable Integer distractor) {
    return new Measure(position, answer, distractor, null);
  }

  /** Returns the metric that is read. */
  public Metric.Kind kind() {
    return metric == null ? Metric.Kind.byDefault(distractor) : metric;
  }
}
