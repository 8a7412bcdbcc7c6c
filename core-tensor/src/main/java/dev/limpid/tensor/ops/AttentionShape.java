package dev.limpid.tensor.ops;

import java.util.List;

/**
 * How queries look at keys.
 *
 * <p>Every key head serves H / K query heads, one after the other (grouped-query attention).
 *
 * @param nHeads H, the query heads
 * @param nKvHeads K, the key and value heads; divides H
 * @param scale what products of queries and keys are multiplied with
 * @param window how many keys a query sees at most, its own and those before it; at least 1
 * @param rule what becomes of scaled scores
 */
public record AttentionShape(int nHeads, int nKvHeads, float scale, int window, ScoreRule rule) {

  /** Creates attention whose scores are scaled and nothing else. */
  public AttentionShape(int nHeads, int nKvHeads, float scale, int window) {
    this(nHeads, nKvHeads, scale, window, ScoreRule.PLAIN);
  }

  /** Returns the same with another rule for scores. */
  public AttentionShape withRule(ScoreRule other) {
    return new AttentionShape(nHeads, nKvHeads, scale, window, other);
  }

  /** Checks that the heads form groups and that a query sees a key. */
  public AttentionShape {
    if (nKvHeads < 1 || nHeads < nKvHeads || nHeads % nKvHeads != 0) {
      throw new IllegalArgumentException(
          "%d query heads cannot share %d key heads evenly".formatted(nHeads, nKvHeads));
    }
    if (window < 1) {
      throw new IllegalArgumentException(
          "a window of " + window + " keys; a query sees at least its own");
    }
    for (List<Float> ofHeads : List.of(rule.slopes(), rule.sinks())) {
      if (!ofHeads.isEmpty() && ofHeads.size() != nHeads) {
        throw new IllegalArgumentException(
            "slopes or sinks of %d heads, there are %d".formatted(ofHeads.size(), nHeads));
      }
    }
  }

  /** Returns H / K, the query heads that share a key head. */
  public int group() {
    return nHeads / nKvHeads;
  }

  /** Returns the key head that a query head reads. */
  public int keyHead(int head) {
    return head / group();
  }

  /** Returns the first key that a query sees whose own key, the last it sees, is {@code own}. */
  public int firstKey(int own) {
    return Math.max(0, own - window + 1);
  }
}
