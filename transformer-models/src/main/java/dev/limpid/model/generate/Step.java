package dev.limpid.model.generate;

import dev.limpid.tensor.Tensor;

/**
 * One generated token.
 *
 * @param position where it stands in the text
 * @param logits what it was chosen from, [V] on the heap; keep them only where they are needed
 */
public record Step(int position, int token, Tensor logits) {
  /**
   * Computes the model's own probability of the token: softmax of the logits, before temperature
   * and filters.
   */
  public double probability() {
    float[] values = logits.array();
    int from = logits.offset();
    int to = from + logits.dim(0);
    double chosen = values[from + token];
    double sum = 0; // relative to the chosen one: exp may overflow to infinity, then it is 0
    for (int i = from; i < to; i++) {
      sum += Math.exp(values[i] - chosen);
    }
    return 1 / sum;
  }
}
