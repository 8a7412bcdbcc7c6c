package dev.limpid.attribution.logits;

import dev.limpid.tensor.Tensor;

/**
 * What one layer adds to a logit, or to the difference of two, at one position t.
 *
 * @param attention [H, t + 1], of every head and key; to be read, not modified
 * @param attentionBias of beta: value and output bias of attention
 * @param mlp without its bias
 * @param mlpBias of b_out
 */
public record LayerLogits(Tensor attention, double attentionBias, double mlp, double mlpBias) {

  /** Returns H. */
  public int nHeads() {
    return attention.dim(0);
  }

  /** Returns what one head adds by what it read from one key. */
  public double head(int head, int key) {
    return attention.array()[attention.offset() + head * attention.dim(1) + key];
  }

  /** Returns what one head adds, from all keys. */
  public double head(int head) {
    double sum = 0;
    for (int k = 0; k < attention.dim(1); k++) {
      sum += head(head, k);
    }
    return sum;
  }

  /** Returns what all heads add, without biases. */
  public double heads() {
    double sum = 0;
    for (int h = 0; h < nHeads(); h++) {
      sum += head(h);
    }
    return sum;
  }
}
