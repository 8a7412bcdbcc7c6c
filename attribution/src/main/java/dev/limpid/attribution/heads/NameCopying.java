package dev.limpid.attribution.heads;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether heads write on the names they read, whatever they attend to (Wang et al. 2023, copy
 * score; see {@link HeadScores#copying}).
 */
final class NameCopying {
  /** A name counts as copied if it is among so many tokens with the largest logits. */
  private static final int TOP = 5;

  private final Transformer model;
  private final List<float[]> states = new ArrayList<>();
  private final List<Integer> names = new ArrayList<>();

  NameCopying(Transformer model) {
    this.model = model;
  }

  /**
   * Adds a name.
   *
   * @param state after the first MLP at the name's position, [D], not modified
   */
  void add(Tensor state, int name) {
    states.add(state.toFloats());
    names.add(name);
  }

  /** Returns the share of names that each head of a layer copies: [H]. */
  double[] scores(int layer) {
    BlockWeights block = model.weights().block(layer);
    TensorOps ops = model.ops();
    int dHead = model.config().dHead();
    int nKvHeads = model.config().nKvHeads();
    double[] scores = new double[model.config().nHeads()];
    try (Scope _ = ops.scope()) {
      Tensor values = ops.zeros(names.size(), block.value().weight().outputs());
      Tensor read = block.attentionNorm().of(ops, stacked());
      ops.matmul(read, block.value().weight(), null, values);
      Tensor byHead = ops.zeros(nKvHeads, names.size(), dHead);
      ops.splitHeads(values, byHead, 0);
      for (int h = 0; h < scores.length; h++) {
        Tensor value = byHead.row(h / (scores.length / nKvHeads));
        Tensor written = ops.zeros(names.size(), model.config().dModel());
        ops.matmul(value, block.terms().inputs(h * dHead, (h + 1) * dHead), null, written);
        scores[h] = (double) copied(model.unembed(written)) / names.size();
      }
    }
    return scores;
  }

  /** Returns how many names are among the best of their logits, [names, V]. */
  private int copied(Tensor logits) {
    int copied = 0;
    for (int i = 0; i < names.size(); i++) {
      int name = names.get(i);
      int[] best = model.ops().topK(logits.row(i), Math.min(TOP, logits.dim(1)));
      copied += Arrays.stream(best).anyMatch(id -> id == name) ? 1 : 0;
    }
    return copied;
  }

  private Tensor stacked() {
    Tensor stacked = Tensor.zeros(states.size(), model.config().dModel());
    for (int i = 0; i < states.size(); i++) {
      System.arraycopy(states.get(i), 0, stacked.array(), i * stacked.dim(1), stacked.dim(1));
    }
    return model.ops().resident(stacked);
  }
}
