package dev.limpid.corpus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Flows through heads, prompt by prompt: the mean over samples, and how sure it is when other
 * prompts could have been drawn.
 *
 * <p>Samples of one prompt belong together. With F_i the sum of a head's flow over the n_i samples
 * of prompt i, the mean is m = sum F / sum n, and its variance that of the ratio of two means,
 *
 * <pre>
 *   sum (F_i - m n_i)^2 / (N (N - 1)) / (sum n / N)^2
 * </pre>
 *
 * which for one sample a prompt is the usual one.
 */
public final class PromptFlows {
  /** Prompts that are held to be drawn anew. */
  static final int MOST_HELD = 10_000;

  private final int nHeads;
  private final List<float[]> heldFlows = new ArrayList<>();
  private final List<Integer> heldSamples = new ArrayList<>();
  private long prompts;
  private double samples;
  private double samplesSquared;
  private final double[] sums;
  private final double[] squares;
  private final double[] products;
  private double[] current;
  private long currentPrompt = -1;
  private int currentSamples;

  /**
   * Begins with none.
   *
   * @param nHeads of all layers
   */
  public PromptFlows(int nHeads) {
    this.nHeads = nHeads;
    this.sums = new double[nHeads];
    this.squares = new double[nHeads];
    this.products = new double[nHeads];
    this.current = new double[nHeads];
  }

  /**
   * Adds a sample; those of a prompt follow one another.
   *
   * @param flows one for each head
   */
  public void add(long prompt, List<Double> flows) {
    if (prompt != currentPrompt) {
      close();
      currentPrompt = prompt;
    }
    for (int h = 0; h < nHeads; h++) {
      current[h] += flows.get(h);
    }
    currentSamples++;
  }

  /** Closes the last prompt. */
  void close() {
    if (currentSamples == 0) {
      return;
    }
    prompts++;
    samples += currentSamples;
    samplesSquared += (double) currentSamples * currentSamples;
    for (int h = 0; h < nHeads; h++) {
      sums[h] += current[h];
      squares[h] += current[h] * current[h];
      products[h] += current[h] * currentSamples;
    }
    if (prompts <= MOST_HELD) {
      float[] held = new float[nHeads];
      for (int h = 0; h < nHeads; h++) {
        held[h] = (float) current[h];
      }
      heldFlows.add(held);
      heldSamples.add(currentSamples);
    }
    Arrays.fill(current, 0);
    currentSamples = 0;
  }

  long prompts() {
    return prompts;
  }

  long samples() {
    return Math.round(samples);
  }

  double mean(int head) {
    return sums[head] / samples;
  }

  /** Returns the variance of the mean. */
  double variance(int head) {
    double m = mean(head);
    double rest = squares[head] - 2 * m * products[head] + m * m * samplesSquared;
    double perPrompt = samples / prompts;
    return Math.max(0, rest) / ((double) prompts * (prompts - 1)) / (perPrompt * perPrompt);
  }

  boolean isHeld() {
    return prompts <= MOST_HELD;
  }

  /** Returns the means of as many prompts, drawn with replacement. */
  double[] resampled(SplittableRandom random) {
    float[] drawn = new float[nHeads];
    long count = 0;
    for (int i = 0; i < prompts; i++) {
      int chosen = random.nextInt((int) prompts);
      float[] flows = heldFlows.get(chosen);
      for (int h = 0; h < nHeads; h++) {
        drawn[h] += flows[h];
      }
      count += heldSamples.get(chosen);
    }
    double[] means = new double[nHeads];
    for (int h = 0; h < nHeads; h++) {
      means[h] = drawn[h] / count;
    }
    return means;
  }
}
