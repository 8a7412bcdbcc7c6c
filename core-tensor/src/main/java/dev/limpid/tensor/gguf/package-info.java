/**
 * GGUF files: mapped reading with every claim of the header checked, and the block formats of
 * quantised tensors.
 *
 * <p>Start with {@link dev.limpid.tensor.gguf.GgufFile}.
 */
@NullMarked
package dev.limpid.tensor.gguf;

import org.jspecify.annotations.NullMarked;
