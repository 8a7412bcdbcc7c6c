/**
 * From a trace to what every part of the model contributed to every state.
 *
 * <p>Start with {@link dev.limpid.attribution.Contributions}. Two rooms stand beside it: {@code
 * attribution.logits} reads states as tokens and splits logits, {@code attribution.heads} tells
 * which head does what.
 */
@NullMarked
package dev.limpid.attribution;

import org.jspecify.annotations.NullMarked;
