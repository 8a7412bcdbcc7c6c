package dev.limpid.tensor.ops.vector;

import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.AttentionBlock;
import java.util.ArrayList;
import java.util.List;

/**
 * The L1 proximity of every term of an attention block by its definition, for short prompts: there
 * this is no slower than {@link AttentionProximity}.
 */
final class DirectProximity {
  private static final int SHORTEST = 16;
  private static final int LONGEST = 32;

  private DirectProximity() {}

  /**
   * Returns whether a prompt is short: where it begins to be long was measured at widths of 128 and
   * 576, alone and stacked. One row goes through kernels of its own in any case.
   */
  static boolean suits(AttentionBlock prompt) {
    int t = prompt.whole().dim(0);
    return t > 1 && t <= Math.clamp(prompt.whole().dim(1) / 20, SHORTEST, LONGEST);
  }

  /**
   * Writes the proximities of some prompts, as {@code TensorOps.attentionProximity} says. The terms
   * of a head are one product for all of them.
   */
  static void run(List<AttentionBlock> prompts, Panels projection, WorkerPool pool) {
    List<Query> queries = new ArrayList<>();
    for (AttentionBlock prompt : prompts) {
      int first = queries.size();
      for (int q = 0; q < prompt.whole().dim(0); q++) {
        queries.add(new Query(prompt, q, first));
      }
    }
    if (queries.isEmpty()) {
      return;
    }
    int nHeads = prompts.getFirst().pattern().dim(0);
    int nKvHeads = prompts.getFirst().values().dim(0);
    int dHead = prompts.getFirst().values().dim(2);
    Tensor values = Tensor.zeros(queries.size(), dHead);
    Tensor terms = Tensor.zeros(queries.size(), projection.outputs());
    for (int h = 0; h < nHeads; h++) {
      int head = h;
      int group = h / (nHeads / nKvHeads);
      for (int i = 0; i < queries.size(); i++) {
        Tensor from = queries.get(i).prompt().values();
        int at = from.offset() + (group * from.dim(1) + queries.get(i).q()) * dHead;
        System.arraycopy(from.array(), at, values.array(), i * dHead, dHead);
      }
      Panels ofHead = projection.inputs(h * dHead, (h + 1) * dHead);
      MatrixProduct.run(values, ofHead, null, terms, pool);
      pool.run(queries.size(), (i, scratch) -> queries.get(i).write(head, terms.array()));
    }
  }

  /**
   * A query of a prompt.
   *
   * @param first the row of the prompt's first term, u[h, 0] = values[h / (H/K), 0] W_O^h, of all
   */
  private record Query(AttentionBlock prompt, int q, int first) {

    /** Writes its proximities in one head. */
    void write(int h, float[] terms) {
      Tensor pattern = prompt.pattern();
      Tensor whole = prompt.whole();
      Tensor out = prompt.out();
      int t = whole.dim(0);
      int width = whole.dim(1);
      int y = whole.offset() + q * width;
      int a = pattern.offset() + (h * t + q) * t;
      int to = out.offset() + h * (t * (t + 1) / 2) + q * (q + 1) / 2;
      for (int k = 0; k <= q; k += DirectSums.KEYS) {
        int u = (first + k) * width;
        int keys = Math.min(DirectSums.KEYS, q + 1 - k);
        DirectSums.proximities(
            whole.array(), y, width, pattern.array(), a + k, terms, u, keys, out.array(), to + k);
      }
    }
  }
}
