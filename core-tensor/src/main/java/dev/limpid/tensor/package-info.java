/**
 * Shapes, element types and tensors: contiguous, row-major blocks of numbers, either float arrays
 * on the heap (activations) or read-only views of a mapped file (weights).
 *
 * <p>Start with {@link dev.limpid.tensor.Tensor}.
 */
@NullMarked
package dev.limpid.tensor;

import org.jspecify.annotations.NullMarked;
