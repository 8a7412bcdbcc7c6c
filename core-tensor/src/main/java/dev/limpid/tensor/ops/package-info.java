/**
 * The op vocabulary: some fifteen coarse operations that a forward pass and its attribution are
 * written in.
 *
 * <p>{@link dev.limpid.tensor.ops.TensorOps} is the one seam between models and hardware; {@link
 * dev.limpid.tensor.ops.ReferenceOps} is its readable specification, in naive loops with double
 * accumulators, and the oracle every other implementation is tested against.
 */
@NullMarked
package dev.limpid.tensor.ops;

import org.jspecify.annotations.NullMarked;
