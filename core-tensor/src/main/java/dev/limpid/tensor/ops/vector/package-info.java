/**
 * The operations in the Vector API: the fast implementation for CPUs.
 *
 * <p>The only package that imports {@code jdk.incubator.vector}; none of its types appears outside.
 * Start with {@link dev.limpid.tensor.ops.vector.VectorBackend}, which opens {@link
 * dev.limpid.tensor.ops.vector.VectorOps}.
 */
@NullMarked
package dev.limpid.tensor.ops.vector;

import org.jspecify.annotations.NullMarked;
