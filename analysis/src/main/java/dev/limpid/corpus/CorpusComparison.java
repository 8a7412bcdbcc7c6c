package dev.limpid.corpus;

import dev.limpid.view.CorpusComparisonView;
import dev.limpid.view.CorpusComparisonView.Head;
import dev.limpid.view.CorpusComparisonView.Side;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * How heads differ between two corpora, or two groups of one.
 *
 * <p>The interval of a difference comes from drawing prompts anew (the percentiles of the
 * bootstrap), beyond {@link PromptFlows#MOST_HELD} prompts from Welch's standard error; p is that
 * of Welch's test over prompts, and q what Benjamini and Hochberg make of the p of all heads.
 *
 * @param resamples how often prompts are drawn anew, at least 100
 */
public record CorpusComparison(CorpusFolder a, CorpusFolder b, int resamples, long seed) {
  private static final double CONFIDENCE = 0.95;
  private static final int LEAST_RESAMPLES = 100;
  private static final int LEAST_PROMPTS = 2;

  /** Checks the number. */
  public CorpusComparison {
    if (resamples < LEAST_RESAMPLES) {
      throw new IllegalArgumentException(
          "%d samples are too few for an interval; give at least %d"
              .formatted(resamples, LEAST_RESAMPLES));
    }
  }

  /**
   * Returns the heads, those that differ most first.
   *
   * @param groupA null for all prompts
   * @param groupB likewise
   * @throws IOException if there are too few prompts
   */
  public CorpusComparisonView of(
      @Nullable String groupA, PromptFlows flowsA, @Nullable String groupB, PromptFlows flowsB)
      throws IOException {
    flowsA.close();
    flowsB.close();
    requireEnough(a, groupA, flowsA);
    requireEnough(b, groupB, flowsB);
    int nHeads = a.model().nLayers() * a.model().nHeads();
    boolean isDrawn = flowsA.isHeld() && flowsB.isHeld();
    double[][] intervals =
        isDrawn ? drawn(flowsA, flowsB, nHeads) : byWelch(flowsA, flowsB, nHeads);
    double[] p = new double[nHeads];
    Arrays.setAll(p, h -> p(flowsA, flowsB, h));
    double[] q = falseDiscoveries(p);
    List<Head> heads = new ArrayList<>();
    for (int h = 0; h < nHeads; h++) {
      heads.add(
          new Head(
              h / a.model().nHeads(),
              h % a.model().nHeads(),
              flowsA.mean(h),
              flowsB.mean(h),
              flowsA.mean(h) - flowsB.mean(h),
              intervals[h][0],
              intervals[h][1],
              p[h],
              q[h]));
    }
    heads.sort(Comparator.comparingDouble((Head head) -> -Math.abs(head.difference())));
    return new CorpusComparisonView(
        a.model(),
        side(a, groupA, flowsA),
        side(b, groupB, flowsB),
        CONFIDENCE,
        isDrawn ? "bootstrap" : "welch",
        isDrawn ? resamples : 0,
        seed,
        heads);
  }

  private static Side side(CorpusFolder folder, @Nullable String group, PromptFlows flows) {
    return new Side(folder.name(), folder.model().name(), group, flows.prompts(), flows.samples());
  }

  private static void requireEnough(CorpusFolder folder, @Nullable String group, PromptFlows flows)
      throws IOException {
    if (flows.prompts() < LEAST_PROMPTS) {
      throw new IOException(
          "%s%s: %d prompts; a comparison needs at least %d"
              .formatted(
                  folder.path(),
                  group == null ? "" : ", group " + group,
                  flows.prompts(),
                  LEAST_PROMPTS));
    }
  }

  private double[][] drawn(PromptFlows flowsA, PromptFlows flowsB, int nHeads) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] differences = new double[nHeads][resamples];
    for (int r = 0; r < resamples; r++) {
      double[] meansA = flowsA.resampled(random);
      double[] meansB = flowsB.resampled(random);
      for (int h = 0; h < nHeads; h++) {
        differences[h][r] = meansA[h] - meansB[h];
      }
    }
    double[][] intervals = new double[nHeads][];
    for (int h = 0; h < nHeads; h++) {
      Arrays.sort(differences[h]);
      int outside = (int) Math.floor((1 - CONFIDENCE) / 2 * resamples);
      intervals[h] =
          new double[] {differences[h][outside], differences[h][resamples - 1 - outside]};
    }
    return intervals;
  }

  private static double[][] byWelch(PromptFlows flowsA, PromptFlows flowsB, int nHeads) {
    double[][] intervals = new double[nHeads][];
    for (int h = 0; h < nHeads; h++) {
      double difference = flowsA.mean(h) - flowsB.mean(h);
      double error = Math.sqrt(flowsA.variance(h) + flowsB.variance(h));
      double wide =
          error == 0
              ? 0
              : error
                  * distribution(flowsA, flowsB, h)
                      .inverseCumulativeProbability((1 + CONFIDENCE) / 2);
      intervals[h] = new double[] {difference - wide, difference + wide};
    }
    return intervals;
  }

  private static double p(PromptFlows flowsA, PromptFlows flowsB, int head) {
    double difference = Math.abs(flowsA.mean(head) - flowsB.mean(head));
    double error = Math.sqrt(flowsA.variance(head) + flowsB.variance(head));
    if (error == 0) {
      return difference == 0 ? 1 : 0;
    }
    return 2 * distribution(flowsA, flowsB, head).cumulativeProbability(-difference / error);
  }

  /** Student's, with the degrees of freedom of Welch and Satterthwaite. */
  private static TDistribution distribution(PromptFlows flowsA, PromptFlows flowsB, int head) {
    double varianceA = flowsA.variance(head);
    double varianceB = flowsB.variance(head);
    double sum = varianceA + varianceB;
    double freedom =
        sum
            * sum
            / (varianceA * varianceA / (flowsA.prompts() - 1)
                + varianceB * varianceB / (flowsB.prompts() - 1));
    return new TDistribution(null, freedom);
  }

  /** The least rate of false discoveries at which each would be called one. */
  static double[] falseDiscoveries(double[] p) {
    List<Integer> byP = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      byP.add(i);
    }
    byP.sort(Comparator.comparingDouble(i -> p[i]));
    double[] q = new double[p.length];
    double least = 1;
    for (int rank = p.length; rank >= 1; rank--) {
      int i = byP.get(rank - 1);
      least = Math.min(least, p[i] * p.length / rank);
      q[i] = least;
    }
    return q;
  }
}
