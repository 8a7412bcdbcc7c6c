package dev.limpid.model;

/**
 * Sees every layer of a forward pass as soon as it is computed, in order; see {@link
 * Transformer#run}.
 *
 * <p>What it does not keep of a layer is gone when the next one comes, so a pass over any number of
 * layers takes the memory of one. What it keeps it brings to the heap, as the memory of a device
 * ends with the layer: {@link LayerTrace#toHeap}. To stop the pass, throw: what is thrown leaves
 * {@code run} as it is.
 */
@FunctionalInterface
public interface LayerVisitor {
  /** Looks at nothing. */
  LayerVisitor NONE = (layer, trace) -> {};

  /**
   * Looks at a layer.
   *
   * @param layer from 0
   * @param trace its states; not modified. On a device with a memory of its own they end with this
   *     call, unless the pass keeps all layers
   */
  void layer(int layer, LayerTrace trace);

  /** Returns a visitor that shows every layer to this one, then to another. */
  default LayerVisitor then(LayerVisitor next) {
    return (layer, trace) -> {
      layer(layer, trace);
      next.layer(layer, trace);
    };
  }
}
