package dev.limpid.attribution.logits;

import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads what a component added to the residual stream as tokens it makes more and less likely (Geva
 * et al. 2022, "Transformer Feed-Forward Layers Build Predictions by Promoting Concepts in the
 * Vocabulary Space").
 *
 * @param top how many tokens of each kind a reading lists
 * @param norm what happens to the update in front of the unembedding
 */
public record UpdateLens(Transformer model, int top, UpdateNorm norm) {

  /** Reads one update [D], not modified; its sign counts. */
  public UpdateReading read(Tensor update) {
    Tensor logits = logits(update);
    Tensor negated = Tensor.of(logits.toFloats(), logits.dim(0));
    for (int v = 0; v < negated.dim(0); v++) {
      negated.array()[v] = -negated.array()[v];
    }
    return new UpdateReading(best(logits, logits), best(negated, logits));
  }

  /** Returns what an update adds to all logits, on the heap: [V]. */
  private Tensor logits(Tensor update) {
    TensorOps ops = model.ops();
    try (Scope _ = ops.scope()) {
      Tensor row = ops.resident(update).reshape(1, model.config().dModel());
      Tensor read = norm == UpdateNorm.OWN_NORM ? model.unembedding().normed(row) : row;
      return model.unembedding().ofUpdates(read).row(0).toHeap();
    }
  }

  private List<TokenLogit> best(Tensor order, Tensor logits) {
    int[] ids = model.ops().topK(order, Math.min(top, order.dim(0)));
    return IntStream.of(ids).mapToObj(id -> new TokenLogit(id, logits.get(id))).toList();
  }
}
