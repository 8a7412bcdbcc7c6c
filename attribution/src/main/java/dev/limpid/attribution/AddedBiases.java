package dev.limpid.attribution;

import dev.limpid.model.LayerTrace;
import dev.limpid.model.Transformer;
import dev.limpid.tensor.Tensor;
import dev.limpid.tensor.ops.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What a layer adds to one position beside the terms of attention, on the heap, [D] each: as parts
 * of the states, behind any norm.
 *
 * @param attention beta, or null for nothing
 * @param mlpOut the MLP, with its bias
 * @param mlp the bias within mlpOut, or null for none
 * @param outer the bias of the norm of the last sum, which is in no part, or null for none
 */
public record AddedBiases(
    @Nullable Tensor attention, Tensor mlpOut, @Nullable Tensor mlp, @Nullable Tensor outer) {

  /**
   * Computes them.
   *
   * @param trace of that layer, not modified
   */
  public static AddedBiases of(Transformer model, int layer, LayerTrace trace, int position) {
    try (Scope _ = model.ops().scope()) {
      BlockParts parts = new BlockParts(model, layer, trace);
      return new AddedBiases(
          at(parts.attentionBias(), position),
          parts.mlp().row(position).toHeap(),
          at(parts.mlpBias(), position),
          at(parts.outerBias(), position));
    }
  }

  private static @Nullable Tensor at(@Nullable Tensor rows, int position) {
    return rows == null ? null : rows.row(position).toHeap();
  }
}
