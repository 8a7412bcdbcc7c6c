package dev.limpid.model;

import dev.limpid.tensor.Tensor;

/**
 * What experts of a layer compute at one position, which a trace does not keep: it is computed
 * again from what the layer's MLP read there.
 */
public final class ExpertsAt {
  private final ExpertPass pass;
  private final Tensor read;

  /**
   * Looks at a position.
   *
   * @param trace of that layer, not modified
   */
  public ExpertsAt(Transformer model, int layer, LayerTrace trace, int position) {
    Tensor state = model.config().residual().isParallel() ? trace.residPre() : trace.residMid();
    NormWeights norm = model.weights().block(layer).mlpNorm();
    read = norm.of(model.ops(), state.rows(position, position + 1));
    pass = ExpertPass.of(model.ops(), model.config().mlp(), layer);
  }

  /** Returns what the neurons of an expert fire, on the heap: [F]. */
  public Tensor neurons(MlpWeights.Dense expert) {
    return pass.dense(expert, read).post().row(0).toHeap();
  }

  /** Returns what the expert that all positions go to is weighed with. */
  public double sharedWeight(MlpWeights.Sparse experts) {
    return pass.sharedWeights(experts, read)[0];
  }
}
