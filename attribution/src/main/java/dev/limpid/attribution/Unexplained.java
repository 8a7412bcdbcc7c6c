package dev.limpid.attribution;

import dev.limpid.model.BlockWeights;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;

/**
 * What the parts of one layer's states leave of them: a check of the arithmetic, rounding in float
 * if all is well. It costs a third of the layer's attention, so it is computed when asked for.
 *
 * @param attention [T], relative: |residMid - residPre - sum of terms - beta| / |residMid|
 * @param mlp [T], relative: |residPost - residMid - mlpOut| / |residPost|
 */
public record Unexplained(Tensor attention, Tensor mlp) {

  /** Computes it from pattern, values and weights anew; the trace is not modified. */
  public static Unexplained of(Transformer model, int layer, LayerTrace trace) {
    Tensor terms = attentionSum(model, model.weights().block(layer), trace);
    Tensor residMid = trace.residMid().toHeap();
    return new Unexplained(
        rest(residMid, trace.residPre().toHeap(), terms),
        rest(trace.residPost().toHeap(), residMid, trace.mlpOut().toHeap()));
  }

  /** The sum of all terms of attention and its bias on the heap: [T, D]. */
  static Tensor attentionSum(Transformer model, BlockWeights block, LayerTrace trace) {
    TensorOps ops = model.ops();
    int nPositions = trace.residPre().dim(0);
    try (Scope _ = ops.scope()) {
      Tensor mixed = ops.zeros(nPositions, block.attentionOut().inputs());
      ops.attend(trace.pattern(), trace.value(), mixed);
      Tensor sum = ops.zeros(nPositions, model.config().dModel());
      ops.matmul(mixed, block.attentionOut(), block.attentionBias(), sum);
      return sum.toHeap();
    }
  }

  private static Tensor rest(Tensor whole, Tensor residual, Tensor block) {
    int width = whole.dim(1);
    Tensor out = Tensor.zeros(whole.dim(0));
    for (int t = 0; t < whole.dim(0); t++) {
      double rest = 0;
      double norm = 0;
      for (int i = t * width; i < (t + 1) * width; i++) {
        double y = at(whole, i);
        rest += Math.abs(y - at(residual, i) - at(block, i));
        norm += Math.abs(y);
      }
      out.array()[t] = norm == 0 ? 0 : (float) (rest / norm);
    }
    return out;
  }

  private static double at(Tensor x, int i) {
    return x.array()[x.offset() + i];
  }
}
