package dev.limpid.attribution.gradients;

import dev.limpid.tensor.Tensor;

/**
 * The scores of one layer's components.
 *
 * @param attention of every term, [H, T, T] (head, query, key), on the heap; 0 above the diagonal;
 *     to be read, not modified
 * @param mlp of the MLP's output, [T]; to be read, not modified
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record LayerScores(Tensor attention, double[] mlp) {

  /** Returns the score of a head at a position: the sum over the keys that it sees. */
  public double head(int head, int query) {
    double sum = 0;
    for (int k = 0; k <= query; k++) {
      sum += attention.get(head, query, k);
    }
    return sum;
  }
}
