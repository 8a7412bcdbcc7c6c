package dev.limpid.attribution.gradients;

import dev.limpid.model.GradientVisitor;
import dev.limpid.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The gradients of one number in the embeddings and in what components write, as a mean over runs;
 * on the heap.
 */
public final class MeanGradients {
  private final Tensor embedding;
  private final List<Tensor> attnRaw = new ArrayList<>();
  private final List<Tensor> mlpOut = new ArrayList<>();

  MeanGradients(int nLayers, int nPositions, int dModel) {
    embedding = Tensor.zeros(nPositions, dModel);
    for (int l = 0; l < nLayers; l++) {
      attnRaw.add(Tensor.zeros(nPositions, dModel));
      mlpOut.add(Tensor.zeros(nPositions, dModel));
    }
  }

  /** Returns that in the token embeddings, [T, D]; to be read, not modified. */
  public Tensor embedding() {
    return embedding;
  }

  /** Returns that in what W_O gives in a layer, [T, D]; to be read, not modified. */
  public Tensor attention(int layer) {
    return attnRaw.get(layer);
  }

  /** Returns that in what the MLP adds in a layer, [T, D]; to be read, not modified. */
  public Tensor mlp(int layer) {
    return mlpOut.get(layer);
  }

  /** Returns what adds the layers of a run with this weight. */
  GradientVisitor adding(double weight) {
    return (layer, trace, gradients) -> {
      add(weight, gradients.attnRaw(), attnRaw.get(layer));
      add(weight, gradients.mlpOut(), mlpOut.get(layer));
    };
  }

  void addEmbedding(double weight, Tensor gradient) {
    add(weight, gradient, embedding);
  }

  /** Adds weight * x to a sum on the heap. */
  static void add(double weight, Tensor x, Tensor sum) {
    Tensor there = x.toHeap();
    for (int i = 0; i < sum.array().length; i++) {
      sum.array()[i] += (float) (weight * there.array()[there.offset() + i]);
    }
  }
}
