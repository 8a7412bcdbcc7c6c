package dev.limpid.model;

/**
 * Sees the gradients of every layer of a backward pass as soon as they are computed, the last layer
 * first; see {@link Gradients}.
 *
 * <p>What it keeps it brings to the heap, as the memory of a device ends with the layer.
 */
@FunctionalInterface
public interface GradientVisitor {
  /** Looks at nothing. */
  GradientVisitor NONE = (layer, trace, gradients) -> {};

  /**
   * Looks at a layer.
   *
   * @param layer from the last one down to 0
   * @param trace its states, not modified
   * @param gradients of these states, not modified
   */
  void layer(int layer, LayerTrace trace, LayerGradients gradients);
}
