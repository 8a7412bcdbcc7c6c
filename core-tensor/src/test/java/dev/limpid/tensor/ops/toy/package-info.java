/**
 * A backend for tests: a device that is none, with a memory of its own, which shows whether what is
 * written against {@link dev.limpid.tensor.ops.TensorOps} reads past it. Start with {@link
 * dev.limpid.tensor.ops.toy.ToyOps}.
 */
@NullMarked
package dev.limpid.tensor.ops.toy;

import org.jspecify.annotations.NullMarked;
