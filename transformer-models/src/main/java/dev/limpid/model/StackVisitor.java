package dev.limpid.model;

import dev.limpid.tensor.ops.TensorOps;
import java.util.List;

/**
 * Sees every layer of prompts that run together, as {@link LayerVisitor} sees those of one: whoever
 * computes something from each of them may share what does not depend on the prompt.
 */
@FunctionalInterface
public interface StackVisitor {
  /**
   * Looks at a layer of some of the prompts, which follow one another.
   *
   * @param layer from 0; each prompt's layers come in order
   * @param first the number of the first of the prompts
   * @param traces their states, as {@link LayerVisitor#layer} says
   */
  void layer(int layer, int first, List<LayerTrace> traces);

  /** Returns a visitor that shows every layer to this one, then to another. */
  default StackVisitor then(StackVisitor next) {
    return (layer, first, traces) -> {
      layer(layer, first, traces);
      next.layer(layer, first, traces);
    };
  }

  /** Returns what shows each prompt to a visitor of its own, several at a time. */
  static StackVisitor each(TensorOps ops, List<? extends LayerVisitor> visitors) {
    return (layer, first, traces) ->
        ops.pieces(traces.size(), i -> visitors.get(first + i).layer(layer, traces.get(i)));
  }
}
