package dev.limpid.attribution;

import dev.limpid.model.AttentionTerms;
import dev.limpid.model.BlockWeights;
import dev.limpid.model.LayerTrace;
import dev.limpid.model.NormWeights;
import dev.limpid.model.SinkBias;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.TensorOps;
import org.jspecify.annotations.Nullable;

/**
 * What the states of one layer are sums of, exactly, whatever stands behind the blocks. A norm
 * there scales by s, held at that of the whole, and its linear map lin goes through every part.
 *
 * <pre>
 *   SEQUENTIAL  residMid  = residPre + terms + beta        residPost = residMid + mlp
 *   PARALLEL    residPost = residPre + terms + beta + mlp
 *   POST_LN     residMid  = s lin(residPre) + terms + beta
 *               residPost = s lin(residMid) + mlp + b
 * </pre>
 *
 * <p>Each part is computed when it is asked for, and belongs to the scope that it is asked in.
 *
 * @param trace of that layer, not modified
 */
record BlockParts(Transformer model, int layer, LayerTrace trace) {

  private BlockWeights block() {
    return model.weights().block(layer);
  }

  private boolean normsSums() {
    return model.config().residual().normsSums();
  }

  /** Returns whether attention and MLP are parts of one state. */
  boolean areOne() {
    return model.config().residual().isParallel();
  }

  /** Returns the state that the terms of attention are parts of, [T, D]. */
  Tensor attentionWhole() {
    return areOne() ? trace.residPost() : trace.residMid();
  }

  /** Returns the terms of attention. */
  AttentionTerms terms() {
    return AttentionTerms.inState(model, layer, trace);
  }

  /** Returns what the state before attention is in the one after it, [T, D]. */
  Tensor attentionResidual() {
    return through(trace.residPre(), block().attentionPostNorm(), trace.attentionScale());
  }

  /** Returns what the state before the MLP is in the one after it, [T, D]. */
  Tensor mlpResidual() {
    return through(trace.residMid(), block().mlpPostNorm(), trace.mlpScale());
  }

  /** Returns what the MLP is in the state after it, [T, D], with its bias. */
  Tensor mlp() {
    return through(trace.mlpOut(), block().mlpPostNorm(), trace.mlpScale());
  }

  private Tensor through(Tensor x, NormWeights norm, @Nullable Tensor scale) {
    return normsSums() && scale != null ? there(scaled(norm.linear(x), scale)) : x;
  }

  /**
   * Returns what parts of the MLP's output at a position, [n, D], are in the state after it.
   *
   * @param parts before any norm and multiplier, not modified
   */
  Tensor behindMlp(Tensor parts, int position) {
    NormWeights norm = block().mlpPostNorm();
    double multiplier = model.config().residual().multiplier();
    if (!norm.isThere() && multiplier == 1) {
      return parts;
    }
    double scale = trace.mlpScale() == null ? 1 : trace.mlpScale().get(position);
    Tensor out = norm.linear(parts);
    for (int i = 0; i < out.size(); i++) {
      out.array()[i] *= (float) (scale * multiplier);
    }
    return there(out);
  }

  /** Returns beta, what attention adds beside its terms, [T, D]; null where that is nothing. */
  @Nullable Tensor attentionBias() {
    BlockWeights block = block();
    int n = trace.residPre().dim(0);
    @Nullable Tensor raw = rawAttentionBias(block);
    return behind(raw, block.attentionPostNorm(), trace.attentionScale(), n);
  }

  /** What W_O gives beside its terms: b_O and the value biases, by what is left of each row. */
  private @Nullable Tensor rawAttentionBias(BlockWeights block) {
    int n = trace.residPre().dim(0);
    TensorOps ops = model.ops();
    @Nullable Tensor mixed = SinkBias.of(ops, block, trace.pattern()).added();
    if (mixed == null) {
      return block.attentionBias() == null ? null : everywhere(block.attentionBias(), n);
    }
    Tensor rows = ops.zeros(n, model.config().dModel());
    ops.matmul(mixed, block.attentionOut(), block.attentionBias(), rows);
    return rows;
  }

  /** Returns the biases within {@link #mlp}, [T, D]; null where there are none. */
  @Nullable Tensor mlpBias() {
    BlockWeights block = block();
    int n = trace.residPre().dim(0);
    @Nullable Tensor raw = block.mlp().bias() == null ? null : everywhere(block.mlp().bias(), n);
    @Nullable Tensor all = behind(raw, block.mlpPostNorm(), trace.mlpScale(), n);
    @Nullable Tensor outer = outerBias();
    if (all == null || outer == null) {
      return all;
    }
    model.ops().subtract(all, outer, all);
    return all;
  }

  /** Returns the bias of the norm of the last sum, which is in no part, [T, D]; null without. */
  @Nullable Tensor outerBias() {
    @Nullable Tensor bias = block().mlpPostNorm().bias();
    return normsSums() && bias != null ? everywhere(bias, trace.residPre().dim(0)) : null;
  }

  /** What biases are behind a norm and the multiplier of the stream. */
  private @Nullable Tensor behind(
      @Nullable Tensor raw, NormWeights norm, @Nullable Tensor scale, int n) {
    @Nullable Tensor carried = raw;
    if (carried != null && norm.isThere() && scale != null) {
      carried = there(scaled(norm.linear(carried), scale));
    }
    @Nullable Tensor own = norm.bias() == null ? null : everywhere(norm.bias(), n);
    // The norm of a sum stands behind the multiplier, and its bias is added as it is.
    return normsSums() ? plus(multiplied(carried), own) : multiplied(plus(carried, own));
  }

  private @Nullable Tensor plus(@Nullable Tensor a, @Nullable Tensor b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    Tensor sum = model.ops().zeros(a.dim(0), a.dim(1));
    model.ops().add(a, b, sum);
    return sum;
  }

  private @Nullable Tensor multiplied(@Nullable Tensor x) {
    double multiplier = model.config().residual().multiplier();
    if (x == null || multiplier == 1) {
      return x;
    }
    Tensor times = model.ops().zeros(x.dim(0), x.dim(1));
    model.ops().scale(x, (float) multiplier, times);
    return times;
  }

  /** Multiplies every row of x, on the heap, by its own number; returns x. */
  private static Tensor scaled(Tensor x, Tensor factors) {
    Tensor here = factors.toHeap();
    for (int i = 0; i < x.size(); i++) {
      x.array()[i] *= here.get(i / x.dim(1));
    }
    return x;
  }

  private Tensor there(Tensor x) {
    Tensor copy = model.ops().zeros(x.dim(0), x.dim(1));
    model.ops().copy(x, copy);
    return copy;
  }

  /** Returns a bias [D] in n rows. */
  private Tensor everywhere(Tensor bias, int n) {
    Tensor rows = model.ops().zeros(n, bias.dim(0));
    model.ops().embed(bias.reshape(1, bias.dim(0)), new int[n], rows);
    return rows;
  }
}
