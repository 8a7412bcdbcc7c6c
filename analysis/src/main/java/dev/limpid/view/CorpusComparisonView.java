package dev.limpid.view;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two corpora, or two groups, beside each other: {@code limpid corpus compare}.
 *
 * @param model that the first was run with
 * @param confidence that the intervals have
 * @param interval bootstrap, or welch where there are too many prompts for it
 * @param resamples how many times prompts were drawn anew; 0 without bootstrap
 * @param heads those that differ most first
 */
@JsonTypeName("limpid/corpus-comparison/1")
public record CorpusComparisonView(
    ModelView model,
    Side a,
    Side b,
    double confidence,
    String interval,
    int resamples,
    long seed,
    List<Head> heads)
    implements Document {

  /**
   * One of the two.
   *
   * @param folder its own name
   * @param group null for all prompts
   */
  public record Side(
      String folder, String model, @Nullable String group, long prompts, long samples) {}

  /**
   * A head.
   *
   * @param a the mean flow through it in the first
   * @param b in the second
   * @param difference a less b
   * @param low the lower end of the interval of the difference
   * @param high the upper end
   * @param p of Welch's test, that there is no difference
   * @param q the share of false discoveries, by Benjamini and Hochberg, where all heads down to
   *     this p are called different
   */
  public record Head(
      int layer,
      int head,
      double a,
      double b,
      double difference,
      double low,
      double high,
      double p,
      double q) {}
}
