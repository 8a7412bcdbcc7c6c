/**
 * Shapes, element types and tensors: contiguous, row-major blocks of numbers, which are float
 * arrays on the heap, read-only views of a mapped file (weights), or floats in the memory of a
 * device.
 *
 * <p>Start with {@link dev.limpid.tensor.Tensor}.
 */
@NullMarked
package dev.limpid.tensor;

import org.jspecify.annotations.NullMarked;
