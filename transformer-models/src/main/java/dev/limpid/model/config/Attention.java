package dev.limpid.model.config;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The attention blocks.
 *
 * @param nHeads H, query heads
 * @param nKvHeads K, key/value heads; each serves H/K query heads
 * @param dHead d, the width of one head; H * d may differ from D
 * @param scale what scores q.k are multiplied with
 * @param scaleByLayer whether scores are also divided by layer + 1
 * @param cap c, where scores s become c tanh(s / c) before they are masked
 * @param inputBias whether the query, key and value projections have a bias
 * @param outputBias whether the output projection has a bias
 * @param headNorm whether every query and key head goes through an RMSNorm over its d elements
 * @param windows of each layer, how many keys a query sees at most, its own included: [L], or empty
 *     where every query sees all keys up to its own
 */
public record Attention(
    int nHeads,
    int nKvHeads,
    int dHead,
    double scale,
    boolean scaleByLayer,
    OptionalDouble cap,
    boolean inputBias,
    boolean outputBias,
    boolean headNorm,
    List<Integer> windows) {

  /** Copies the list. */
  public Attention {
    windows = List.copyOf(windows);
  }

  /** Returns attention of that shape, its scores divided by sqrt(d), and nothing else to it. */
  public static Attention of(int nHeads, int nKvHeads, int dHead) {
    return new Attention(
        nHeads,
        nKvHeads,
        dHead,
        1 / Math.sqrt(dHead),
        false,
        OptionalDouble.empty(),
        false,
        false,
        false,
        List.of());
  }

  /** Returns the same with scores divided by sqrt(d), or not scaled by the width. */
  public Attention withWidthScaling(boolean scaled) {
    return withScale(scaled ? 1 / Math.sqrt(dHead) : 1);
  }

  /** Returns the same with scores multiplied by that number. */
  public Attention withScale(double factor) {
    return new Attention(
        nHeads,
        nKvHeads,
        dHead,
        factor,
        scaleByLayer,
        cap,
        inputBias,
        outputBias,
        headNorm,
        windows);
  }

  /** Returns the same with scores divided by layer + 1 too, or not. */
  public Attention withLayerScaling(boolean scaled) {
    return new Attention(
        nHeads, nKvHeads, dHead, scale, scaled, cap, inputBias, outputBias, headNorm, windows);
  }

  /** Returns the same with that cap on scores. */
  public Attention withCap(double largest) {
    return new Attention(
        nHeads,
        nKvHeads,
        dHead,
        scale,
        scaleByLayer,
        OptionalDouble.of(largest),
        inputBias,
        outputBias,
        headNorm,
        windows);
  }

  /** Returns the same with or without biases of queries, keys and values. */
  public Attention withInputBias(boolean bias) {
    return new Attention(
        nHeads, nKvHeads, dHead, scale, scaleByLayer, cap, bias, outputBias, headNorm, windows);
  }

  /** Returns the same with or without a bias of the output. */
  public Attention withOutputBias(boolean bias) {
    return new Attention(
        nHeads, nKvHeads, dHead, scale, scaleByLayer, cap, inputBias, bias, headNorm, windows);
  }

  /** Returns the same with or without an RMSNorm on every query and key head. */
  public Attention withHeadNorm(boolean normed) {
    return new Attention(
        nHeads, nKvHeads, dHead, scale, scaleByLayer, cap, inputBias, outputBias, normed, windows);
  }

  /** Returns the same with these windows: [L], or none. */
  public Attention withWindows(List<Integer> keys) {
    return new Attention(
        nHeads, nKvHeads, dHead, scale, scaleByLayer, cap, inputBias, outputBias, headNorm, keys);
  }
}
