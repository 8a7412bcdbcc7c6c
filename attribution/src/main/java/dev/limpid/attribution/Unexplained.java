package dev.limpid.attribution;

import dev.limpid.model.AttentionTerms;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import dev.limpid.tensor.ops.TensorOps;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of one layer's states leave of them: a check of the arithmetic, rounding in float
 * if all is well. It costs a third of the layer's attention, so it is computed when asked for.
 *
 * @param attention [T], relative: |residMid - residPre - sum of terms - beta| / |residMid|
 * @param mlp [T], relative: |residPost - residMid - mlpOut| / |residPost|; the same as attention
 *     where both are parts of one state
 */
public record Unexplained(Tensor attention, Tensor mlp) {

  /** Computes it from pattern, values and weights anew; the trace is not modified. */
  public static Unexplained of(Transformer model, int layer, LayerTrace trace) {
    try (Scope _ = model.ops().scope()) {
      BlockParts parts = new BlockParts(model, layer, trace);
      Tensor whole = parts.attentionWhole().toHeap();
      Tensor terms = attentionSum(parts);
      if (parts.areOne()) {
        model.ops().add(terms, parts.mlp(), terms);
      }
      Tensor attention = rest(whole, parts.attentionResidual().toHeap(), terms.toHeap());
      if (parts.areOne()) {
        return new Unexplained(attention, attention);
      }
      Tensor mlp = parts.mlp();
      @Nullable Tensor outer = parts.outerBias();
      if (outer != null) {
        model.ops().add(outer, mlp, outer);
        mlp = outer;
      }
      return new Unexplained(
          attention, rest(trace.residPost().toHeap(), parts.mlpResidual().toHeap(), mlp.toHeap()));
    }
  }

  /** The sum of all terms of attention and beta: [T, D], in the scope of the caller. */
  static Tensor attentionSum(BlockParts parts) {
    Transformer model = parts.model();
    TensorOps ops = model.ops();
    AttentionTerms terms = parts.terms();
    int nPositions = terms.weights().dim(1);
    Tensor mixed = ops.zeros(nPositions, terms.projection().inputs());
    ops.attend(terms.weights(), terms.values(), mixed);
    Tensor sum = ops.zeros(nPositions, model.config().dModel());
    ops.matmul(mixed, terms.projection(), null, sum);
    @Nullable Tensor bias = parts.attentionBias();
    if (bias != null) {
      ops.add(sum, bias, sum);
    }
    return sum;
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
