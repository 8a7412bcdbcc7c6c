package dev.limpid.tensor.ops;

/**
 * How queries look at keys.
 *
 * <p>Every key head serves H / K query heads, one after the other (grouped-query attention).
 *
 * @param nHeads H, the query heads
 * @param nKvHeads K, the key and value heads; divides H
 * @param scale what products of queries and keys are multiplied with
 * @param window how many keys a query sees at most, its own and those before it; at least 1
 */
public record AttentionShape(int nHeads, int nKvHeads, float scale, int window) {

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
