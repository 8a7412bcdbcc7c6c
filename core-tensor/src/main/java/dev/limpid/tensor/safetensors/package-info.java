/**
 * Safetensors files: mapped reading with every claim of the header checked, checkpoints of one or
 * many files, and writing.
 *
 * <p>Start with {@link dev.limpid.tensor.safetensors.Checkpoint}.
 */
@NullMarked
package dev.limpid.tensor.safetensors;

import org.jspecify.annotations.NullMarked;
