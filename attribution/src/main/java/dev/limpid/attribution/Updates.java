package dev.limpid.attribution;

import dev.limpid.model.AttentionTerms;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What single heads added to the state of one position. */
public final class Updates {
  private Updates() {}

  /**
   * Returns what a head added to a position, without biases, on the heap: [D]. Those of all heads
   * and the bias of the block add up to {@code attnOut}.
   *
   * @param trace of that layer, not modified
   * @param key what it read from there; or null for the sum over all keys
   * @throws IndexOutOfBoundsException if there is no such head or position, or the key is beyond it
   */
  public static Tensor ofHead(
      Transformer model,
      int layer,
      LayerTrace trace,
      int head,
      int position,
      @Nullable Integer key) {
    int nHeads = model.config().nHeads();
    int dHead = model.config().dHead();
    Objects.checkIndex(head, nHeads);
    int from = key == null ? 0 : Objects.checkIndex(key, position + 1);
    int to = key == null ? position : key;
    int kvHead = head / (nHeads / model.config().nKvHeads());
    AttentionTerms terms = AttentionTerms.inOutput(model, layer, trace);
    Tensor pattern = terms.weights().row(head).row(position).toHeap();
    float[] values = terms.values().row(kvHead).rows(from, to + 1).toFloats();
    float[] mixed = new float[dHead];
    for (int i = 0; i < dHead; i++) {
      double sum = 0;
      for (int k = from; k <= to; k++) {
        sum += (double) pattern.get(k) * values[(k - from) * dHead + i];
      }
      mixed[i] = (float) sum;
    }
    TensorOps ops = model.ops();
    try (Scope _ = ops.scope()) {
      Tensor out = ops.zeros(1, model.config().dModel());
      ops.matmul(
          ops.resident(Tensor.of(mixed, 1, dHead)),
          terms.projection().inputs(head * dHead, (head + 1) * dHead),
          null,
          out);
      return out.row(0).toHeap();
    }
  }
}
