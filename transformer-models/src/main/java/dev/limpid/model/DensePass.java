package dev.limpid.model;

import dev.limpid.model.config.Mlp;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;

/** An MLP: neurons fire on what they read, and write their rows of W_out. */
record DensePass(TensorOps ops, Mlp config) {

  /**
   * Runs it.
   *
   * @param mlpIn [n, D]
   * @param edits what interventions make of the neurons
   */
  BlockRun.MlpRun run(MlpWeights.Dense mlp, Tensor mlpIn, StackEdits edits) {
    Tensor up = apply(mlp.up(), mlpIn); // [n, F]
    Tensor neuronPre = mlp.gate() == null ? up : apply(mlp.gate(), mlpIn);
    Tensor neuronPost = ops.zeros(up.dim(0), up.dim(1));
    ops.activate(config.activation(), neuronPre, neuronPost);
    if (mlp.gate() != null) {
      ops.multiply(neuronPost, up, neuronPost);
    }
    Tensor out = apply(mlp.down(), edits.neurons(neuronPost));
    return new BlockRun.MlpRun(neuronPre, up, neuronPost, out, null);
  }

  private Tensor apply(Linear linear, Tensor x) {
    Tensor out = ops.zeros(x.dim(0), linear.weight().outputs());
    ops.matmul(x, linear.weight(), linear.bias(), out);
    return out;
  }
}
