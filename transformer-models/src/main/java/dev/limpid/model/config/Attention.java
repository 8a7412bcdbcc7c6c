package dev.limpid.model.config;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The attention blocks, in the order in which they compute: project, norm, clip, split into heads,
 * norm heads, rotate, score, mix values, project back.
 *
 * @param nHeads H, query heads
 * @param nKvHeads K, key/value heads; each serves H/K query heads
 * @param dHead d, the width of one head; H * d may differ from D
 * @param scores what becomes of the products of queries and keys
 * @param inputBias whether the query, key and value projections have a bias
 * @param outputBias whether the output projection has a bias
 * @param headNorm the norm that queries and keys go through, if they do
 * @param clip c, where queries, keys and values are cut off at -c and c
 * @param windows of each layer, how many keys a query sees at most, its own included: [L], or empty
 *     where every query sees all keys up to its own
 */
public record Attention(
    int nHeads,
    int nKvHeads,
    int dHead,
    Scores scores,
    boolean inputBias,
    boolean outputBias,
    Optional<HeadNorm> headNorm,
    OptionalDouble clip,
    List<Integer> windows) {

  /** Copies the list. */
  public Attention {
    windows = List.copyOf(windows);
  }

  /**
   * What becomes of the products of queries and keys.
   *
   * @param scale what they are multiplied with
   * @param byLayer whether they are also divided by layer + 1
   * @param cap c, where scores s become c tanh(s / c) before they are masked
   * @param sinks whether every head has a score of its own that belongs to no key
   */
  public record Scores(double scale, boolean byLayer, OptionalDouble cap, boolean sinks) {}

  /** Returns attention of that shape, its scores divided by sqrt(d), and nothing else to it. */
  public static Attention of(int nHeads, int nKvHeads, int dHead) {
    return new Attention(
        nHeads,
        nKvHeads,
        dHead,
        new Scores(1 / Math.sqrt(dHead), false, OptionalDouble.empty(), false),
        false,
        false,
        Optional.empty(),
        OptionalDouble.empty(),
        List.of());
  }

  /** Returns the same with scores divided by sqrt(d), or not scaled by the width. */
  public Attention withWidthScaling(boolean scaled) {
    return withScale(scaled ? 1 / Math.sqrt(dHead) : 1);
  }

  /** Returns the same with scores multiplied by that number. */
  public Attention withScale(double factor) {
    return withScores(new Scores(factor, scores.byLayer, scores.cap, scores.sinks));
  }

  /** Returns the same with scores divided by layer + 1 too, or not. */
  public Attention withLayerScaling(boolean scaled) {
    return withScores(new Scores(scores.scale, scaled, scores.cap, scores.sinks));
  }

  /** Returns the same with that cap on scores, or none. */
  public Attention withCap(OptionalDouble largest) {
    return withScores(new Scores(scores.scale, scores.byLayer, largest, scores.sinks));
  }

  /** Returns the same with or without a score of each head that belongs to no key. */
  public Attention withSinks(boolean sinks) {
    return withScores(new Scores(scores.scale, scores.byLayer, scores.cap, sinks));
  }

  private Attention withScores(Scores other) {
    return new Attention(
        nHeads, nKvHeads, dHead, other, inputBias, outputBias, headNorm, clip, windows);
  }

  /** Returns the same with or without biases of queries, keys and values. */
  public Attention withInputBias(boolean bias) {
    return new Attention(
        nHeads, nKvHeads, dHead, scores, bias, outputBias, headNorm, clip, windows);
  }

  /** Returns the same with or without a bias of the output. */
  public Attention withOutputBias(boolean bias) {
    return new Attention(nHeads, nKvHeads, dHead, scores, inputBias, bias, headNorm, clip, windows);
  }

  /** Returns the same with that norm of queries and keys. */
  public Attention withHeadNorm(HeadNorm norm) {
    return new Attention(
        nHeads, nKvHeads, dHead, scores, inputBias, outputBias, Optional.of(norm), clip, windows);
  }

  /** Returns the same with queries, keys and values cut off there, or not. */
  public Attention withClip(OptionalDouble largest) {
    return new Attention(
        nHeads, nKvHeads, dHead, scores, inputBias, outputBias, headNorm, largest, windows);
  }

  /** Returns the same with these windows: [L], or none. */
  public Attention withWindows(List<Integer> keys) {
    return new Attention(
        nHeads, nKvHeads, dHead, scores, inputBias, outputBias, headNorm, clip, keys);
  }
}
