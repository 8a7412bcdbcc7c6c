/**
 * What one forward pass leaves behind: every residual state, attention pattern, value and neuron,
 * named as in {@code docs/notation.md}.
 *
 * <p>Start with {@link dev.limpid.model.trace.ForwardTrace}.
 */
@NullMarked
package dev.limpid.model.trace;

import org.jspecify.annotations.NullMarked;
